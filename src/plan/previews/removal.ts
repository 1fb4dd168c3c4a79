import type { Previews, RemovalLimit } from '../../config/model.ts'
import { type RepositoryId, repositoryKey } from '../../domain/repository.ts'
import type { Reason } from '../action.ts'
import type { LookAgain } from '../look-again.ts'
import type { Question } from '../questions.ts'
import type { World } from '../world.ts'
import { certainAt, lookAt, UNSEEN_SECONDS, untilCertain } from './later.ts'
import { witness } from './witness.ts'

/** What becomes of previews that nobody wants. */
export interface Removal {
  /** Paths of those that go in this pass. */
  removed: string[]
  /** Why the others stay for now; null when there are none. */
  kept: Reason | null
  /** What must be so at a later look as well. */
  doubts: string[]
  lookAgain: LookAgain | null
  /** Not empty: these must be answered first. */
  questions: Question[]
}

export interface RemovalFacts {
  /** How many previews there are. */
  total: number
  limit: RemovalLimit
  /** A person has confirmed that as many go as it says. */
  confirmed: boolean
  /** How a person does that. */
  command: string
}

/** All of them, if that are not too many at once. */
export function removeAtOnce(
  orphans: readonly string[],
  { total, limit, confirmed, command }: RemovalFacts,
): Removal {
  const most = mostAtOnce(limit, total)
  if (orphans.length <= most || confirmed) return removal({ removed: [...orphans] })
  const shown = typeof limit === 'number' ? `${most}` : `${most} (${limit.percent}% of ${total})`
  const message = `${orphans.length} previews would be removed at once, more than ${shown}. Run "${command}" if that is right.`
  return keepAll({ code: 'too-many-removals', message })
}

/** How many of `total` may go without a person's word. */
export function mostAtOnce(limit: RemovalLimit, total: number): number {
  return typeof limit === 'number' ? limit : Math.max(1, Math.floor((total * limit.percent) / 100))
}

/**
 * Whatever made previews unwanted (a closed pull request, a deleted branch, a label, their time, a limit), this is the
 * only way out for them.
 * @param complete whether everything that might want one has been listed
 */
export function removeUnwanted(
  world: World,
  app: string,
  previews: Previews,
  orphans: readonly string[],
  { complete, ...facts }: RemovalFacts & { complete: boolean },
): Removal {
  if (orphans.length === 0) return removal({})
  if (!complete)
    return keepAll({
      code: 'listing-incomplete',
      message: 'A listing was cut, so no preview is removed in this pass.',
    })
  const { ended, open, unseen, unknown, questions } = witness(world, previews, orphans)
  if (questions.length > 0) return removal({ questions })
  if (open.length > 0) {
    const message = `The forge lists no open ${world.words.changeRequest} for ${open[0]}, and says that it is open when asked for it alone. While its listing is wrong, no preview is removed.`
    return { ...keepAll({ code: 'listing-wrong', message }), lookAgain: lookAt(soon(world)) }
  }
  const all = removeAtOnce(orphans, facts)
  if (all.kept !== null) return all
  const doubts = facts.confirmed
    ? []
    : unseen.map((path) => ({ name: `${app}: ${path}`, seconds: UNSEEN_SECONDS }))
  const until = new Date(Math.max(0, ...doubts.map((doubt) => certainAt(world, doubt).getTime())))
  const uncertain = until > world.now
  return {
    removed: uncertain ? ended : [...ended, ...unseen],
    kept: whyKept(world, { unknown, unseen: uncertain ? unseen : [], until, command: facts.command }),
    doubts: doubts.map(({ name }) => name),
    lookAgain: uncertain ? lookAt(until) : unknown.length > 0 ? lookAt(soon(world)) : null,
    questions: [],
  }
}

/**
 * The command that confirms removals.
 * @param manifests repositories that the configuration does not name
 */
export function confirming(source: RepositoryId, manifests: readonly RepositoryId[] = []): string {
  const named = manifests.map((each) => ` --manifests ${repositoryKey(each)}`)
  return `supercargo reconcile ${repositoryKey(source)} --confirm-removals${named.join('')}`
}

/** Everything stays. */
export function keepAll(kept: Reason): Removal {
  return removal({ kept })
}

function removal(parts: Partial<Removal>): Removal {
  return { removed: [], kept: null, doubts: [], lookAgain: null, questions: [], ...parts }
}

function whyKept(
  { words }: World,
  { unknown, unseen, until, command }: { unknown: string[]; unseen: string[]; until: Date; command: string },
): Reason | null {
  if (unseen.length > 0)
    return untilCertain('not-seen', `The forge knows no ${words.changeRequest} of ${unseen[0]}.`, {
      until,
      command,
    })
  if (unknown.length === 0) return null
  const message = `The forge could not be asked about the ${words.changeRequest} of ${unknown[0]}, so it stays for now.`
  return { code: 'not-asked', message }
}

/** A forge that is in trouble is asked again after this. */
function soon({ now }: World): Date {
  return new Date(now.getTime() + 60_000)
}
