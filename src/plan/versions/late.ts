import type { SourceConfig, Target } from '../../config/model.ts'
import { minute } from '../../domain/minute.ts'
import { PREVIEWS } from '../../domain/names.ts'
import type { Standing, Waiting } from '../action.ts'

/** Since when each wait lasts, by its name; {} where nobody remembers. */
export type Since = Readonly<Record<string, Date>>

/** The names of what the targets wait for: `web/staging 1a2b3c4`. */
export function waitNames(standings: readonly Standing[]): string[] {
  return standings.flatMap((standing) => (standing.waiting ?? []).map((each) => waitName(standing, each)))
}

/** Says of each target which version has not become ready in the time that it has for it. */
export function tellLate(
  standings: readonly Standing[],
  config: SourceConfig,
  since: Since,
  now: Date,
): Standing[] {
  const within = timesOf(config)
  return standings.map((standing) => {
    const patience = (within.get(standing.target) ?? Number.POSITIVE_INFINITY) * 1000
    const [longest] = (standing.waiting ?? [])
      .flatMap((waiting) => {
        const begun = since[waitName(standing, waiting)]
        return begun !== undefined && now.getTime() - begun.getTime() >= patience ? [{ waiting, begun }] : []
      })
      .toSorted((a, b) => a.begun.getTime() - b.begun.getTime())
    return longest === undefined ? standing : { ...standing, late: late(longest.waiting, longest.begun) }
  })
}

function late({ version, waits }: Waiting, begun: Date) {
  const missing = waits.map(({ reason }) => reason.message).join(' ')
  const message = `${version} has not become ready since ${minute(begun)}. ${missing}`
  return { code: 'not-ready-in-time', message }
}

/** By target, in seconds. */
function timesOf({ apps }: SourceConfig): Map<string, number> {
  const time = (name: string, { ready }: Target) => [name, ready.within] as const
  return new Map(
    apps.flatMap(({ name, environments, previews }) => [
      ...environments.map((each) => time(`${name}/${each.name}`, each)),
      ...(previews === null ? [] : [time(`${name}/${PREVIEWS}`, previews)]),
    ]),
  )
}

function waitName({ target }: Standing, { version }: Waiting): string {
  return `${target} ${version}`
}
