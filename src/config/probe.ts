import { parseExpected } from './grammar-preview.ts'
import { parseTime } from './grammar-ready.ts'
import { type Level, pick } from './level.ts'
import type { Probe } from './model.ts'
import type { WrittenProbe } from './preview-schema.ts'
import { complain, judged, type Reading } from './reading.ts'

const TEN_MINUTES = 600

/** How the page of a preview tells that it is ready; null where nobody looks. */
export function readProbe(
  reading: Reading,
  own: Level[],
  { url, comment }: { url: string | null; comment: boolean },
): Probe | null {
  const said = pick(own, ['probe'], reading.removed)
  if (said === null || said === 'removed' || said.value === false) return null
  const problem = (message: string, advice: string) =>
    complain(reading, said.path, 'conflict', message, advice)
  if (url === null && !reading.removed([...said.path.slice(0, -1), 'url']))
    problem(
      '"probe" asks the page of a preview, and these have no "url".',
      'Write "url:" in the previews, or remove "probe".',
    )
  if (!comment)
    problem(
      '"probe" remembers in the comment what has answered, and there is "comment: off".',
      'Remove one of the two.',
    )
  const written = said.value === true ? {} : (said.value as Exclude<WrittenProbe, boolean>)
  return {
    path: written.path ?? null,
    status: [written.status ?? 200].flat(),
    expect: written.expect === undefined ? null : judged(parseExpected(written.expect)),
    within: written.within === undefined ? TEN_MINUTES : judged(parseTime(written.within)),
  }
}
