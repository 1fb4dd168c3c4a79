import { instantOf, nextDay, readLocalTime } from '../domain/zoned-time.ts'
import type { Document } from './document.ts'
import type { WrittenFreeze } from './freeze-schema.ts'
import type { Freeze, Problem } from './model.ts'
import { problemAt } from './problem.ts'

/** What `freeze` says, in moments; a freeze that ends before it begins is a problem. */
export function readFreezes(
  written: readonly WrittenFreeze[],
  { file, valueAt }: Pick<Document, 'file' | 'valueAt'>,
): { value: Freeze[]; problems: Problem[] } {
  const value = written.map(readFreeze)
  const problems = value.flatMap(({ from, to }, index) =>
    from < to
      ? []
      : [
          problemAt(
            file,
            valueAt(['freeze', index, 'to']),
            'invalid-value',
            'This freeze ends before it begins.',
            'Write a later day or time under "to".',
          ),
        ],
  )
  return { value, problems }
}

function readFreeze({ from, to, zone = 'UTC', only, except, reason }: WrittenFreeze): Freeze {
  const end = timeOf(to)
  return {
    from: instantOf(timeOf(from), zone).toISOString(),
    to: instantOf(end.wholeDay ? nextDay(end) : end, zone).toISOString(),
    only: only ?? null,
    except: except ?? [],
    reason: reason ?? null,
  }
}

/** What the schema has accepted already. */
function timeOf(text: string) {
  const time = readLocalTime(text)
  if (time === null) throw new Error('The schema accepted what is no time.')
  return time
}
