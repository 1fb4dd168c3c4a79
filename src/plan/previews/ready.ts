import type { ImageGates, Previews } from '../../config/model.ts'
import type { Question } from '../questions.ts'
import { readiness } from '../versions/ready.ts'
import type { World } from '../world.ts'
import type { Compared } from './standing.ts'

/**
 * Previews whose version is not ready stay as they are; one that is new comes when it is. Nothing is asked of those that
 * do not change, or only fall asleep.
 */
export function onlyReady(
  { answers, source }: World,
  previews: Previews,
  compared: readonly Compared[],
  gates: readonly ImageGates[],
): { compared: Compared[]; questions: Question[] } {
  const questions: Question[] = []
  const judged = compared.map((each): Compared => {
    if (each.changes.length === 0 || each.fallsAsleep === true) return each
    const { tag, head } = each.preview
    const version = { tag, commit: head }
    const verdict = readiness(answers, previews, version, { branch: source.defaultBranch, gates })
    if (verdict.state === 'asks') questions.push(...verdict.questions)
    if (verdict.state !== 'waits') return each
    const { waits } = verdict
    return { ...each, changes: [], reason: waits[0]?.reason ?? null, waits }
  })
  return { compared: judged, questions }
}
