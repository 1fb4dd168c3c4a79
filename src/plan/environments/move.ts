import type { Environment } from '../../config/model.ts'
import type { Version } from '../../domain/version.ts'
import { relateToPresent, takenBack, worstOf } from '../versions/direction.ts'
import type { Relation } from '../versions/lineage.ts'
import type { World } from '../world.ts'
import type { Present } from './present.ts'
import type { Wish } from './wish.ts'

/** The way from what the manifests have to a version. */
export interface Move {
  relation: Relation
  /** The commits of the relation are taken back, and not brought. */
  takesBack: boolean
  /** False: the manifests have it already. */
  isNew: boolean
  /** Comparisons that must be read first. */
  notRead: { base: string; head: string }[]
}

/** A version that a lock holds may be older than what is there: then it is told what goes. */
export function moveTo(
  world: World,
  environment: Environment,
  present: readonly Present[],
  { version, wish }: { version: Version; wish: Wish | null },
): Move {
  const relations = relateToPresent(world, environment, present, version)
  const isNew = relations.length > 0 || present.length === 0
  const worst = worstOf(relations)
  const leadsBack = wish?.kind === 'pin' && (worst?.kind === 'backward' || worst?.kind === 'diverged')
  const back = leadsBack ? takenBack(world, environment, present, version) : []
  const notRead = [...relations, ...back].flatMap((each) =>
    each.kind === 'not-read' ? [{ base: each.base, head: each.head }] : [],
  )
  if (!leadsBack) {
    const relation = worst ?? (present.length === 0 ? { kind: 'unknown' } : { kind: 'same' })
    return { relation, takesBack: false, isNew, notRead }
  }
  const taken = worstOf(back)
  return {
    relation: taken?.kind === 'forward' ? taken : { kind: 'unknown' },
    takesBack: true,
    isNew,
    notRead,
  }
}
