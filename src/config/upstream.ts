import { nearest } from '../domain/nearest.ts'
import { parseFollow } from './grammar-follow.ts'
import { type Level, pick } from './level.ts'
import { problemAt } from './problem.ts'
import { judged, type Reading } from './reading.ts'
import type { WrittenEnvironment } from './source-schema.ts'
import type { Path } from './tree.ts'

/** The environment that is followed, if any, and what its follower says because of that. */
export interface Upstream {
  upstream: string | null
  says: WrittenEnvironment
}

interface Siblings {
  written: Readonly<Record<string, WrittenEnvironment>>
  /** What all of them inherit. */
  levels: Level[]
  path: Path
}

/**
 * Who follows another environment has the rule of that one, and how its tags are made unless it says so itself: the rule
 * tells which of two versions is newer. Null, and a problem, where that leads nowhere.
 */
export function readUpstream(reading: Reading, name: string, siblings: Siblings): Upstream | null {
  const { written, levels, path } = siblings
  const { document, problems } = reading
  const refuse = (where: Path, code: string, message: string, advice: string) => {
    problems.push(problemAt(document.file, document.valueAt(where), code, message, advice))
    return null
  }
  const passed: string[] = []
  let says: WrittenEnvironment = {}
  for (let here = name; ; ) {
    const own = written[here] ?? {}
    if (here !== name) says = { ...inherited(own), ...says }
    passed.push(here)
    const said = pick([{ says: own, path: [...path, here] }, ...levels], ['follow'], reading.removed)
    if (said === null || said === 'removed') return here === name ? { upstream: null, says: {} } : null
    const rule = judged(parseFollow(String(said.value)))
    const [, upstream = null] = passed
    if (rule.kind === 'registry-digest' && upstream !== null) {
      const message = `${here} follows the digests of one tag, which says nothing of what another environment should have.`
      const advice = `Write "follow: ${String(said.value)}" here as well, or follow a tag that is not moved.`
      return refuse([...path, name, 'follow'], 'conflict', message, advice)
    }
    if (rule.kind !== 'environment') {
      const mine = inherited(written[name] ?? {})
      return upstream === null
        ? { upstream, says: {} }
        : { upstream, says: { ...says, ...mine, follow: String(said.value) } }
    }
    const { environment } = rule
    if (!Object.hasOwn(written, environment)) {
      const meant = nearest(environment, Object.keys(written))
      const advice = meant === null ? 'Name one of the same app.' : `Did you mean ${meant}?`
      if (reading.removed([...path, environment])) return null
      return refuse(said.path, 'unknown-environment', `There is no environment "${environment}".`, advice)
    }
    if (passed.includes(environment)) {
      const message = `${[...passed, environment].join(' follows ')}: none of them has a rule of its own.`
      return refuse(said.path, 'conflict', message, 'Write "follow: branch main" or the like in one of them.')
    }
    here = environment
  }
}

/** What a follower takes over. */
function inherited({ tag, tags }: WrittenEnvironment): WrittenEnvironment {
  return { ...(tag === undefined ? {} : { tag }), ...(tags === undefined ? {} : { tags }) }
}
