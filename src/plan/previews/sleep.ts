import type { Previews } from '../../config/model.ts'
import { PREVIEW_VARIABLES, placeholdersIn } from '../../domain/template.ts'
import type { ManifestFile } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import type { LookAgain } from '../look-again.ts'
import type { World } from '../world.ts'
import type { Preview } from './set.ts'

/** Those whose pull request was left alone for so long that they sleep, and when the next of them will. */
export function putToSleep(
  { now }: World,
  { sleep }: Previews,
  awake: readonly Preview[],
): { previews: Preview[]; lookAgain: LookAgain | null } {
  if (sleep === null) return { previews: [...awake], lookAgain: null }
  const times: number[] = []
  const all = awake.map((preview) => {
    const since = lastActivity(preview)
    if (since === null) return preview
    const at = since + sleep * 1000
    if (at <= now.getTime()) return asleep(preview)
    times.push(at)
    return preview
  })
  if (times.length === 0) return { previews: all, lookAgain: null }
  const at = new Date(Math.min(...times))
  return {
    previews: all,
    lookAgain: { seconds: null, notBefore: null, at, reason: 'A preview is to sleep.' },
  }
}

/** The same preview as it is when it does not sleep. */
export function awakened(preview: Preview): Preview {
  return { ...preview, asleep: false, values: { ...preview.values, replicas: '1' } }
}

/** A template that does not say how many replicas there are cannot make a preview sleep. */
export function sleepless(template: readonly ManifestFile[], previews: Previews): Reason | null {
  if (previews.sleep === null || previews.template === null || template.some(namesReplicas)) return null
  const message = `Nothing in the template ${previews.template} names {replicas}, so its previews cannot sleep: write "replicas: {replicas}" there, or remove "sleep" from the configuration.`
  return { code: 'template-without-replicas', message }
}

function asleep(preview: Preview): Preview {
  return { ...preview, asleep: true, values: { ...preview.values, replicas: '0' } }
}

/** In milliseconds; null for one that never sleeps. */
function lastActivity({ pullRequest, said }: Preview): number | null {
  if (pullRequest === null || said?.pinned) return null
  const up = said?.wanted?.is === 'up' ? said.wanted.at : null
  const times = [pullRequest.activeAt, up, said?.extended?.at ?? null]
  return Math.max(...times.flatMap((time) => (time === null ? [] : [Date.parse(time)])))
}

function namesReplicas({ text }: ManifestFile): boolean {
  return text !== null && placeholdersIn(text, PREVIEW_VARIABLES).some(({ name }) => name === 'replicas')
}
