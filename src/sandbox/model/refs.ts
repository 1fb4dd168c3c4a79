import { type Oid, ZERO_OID } from '../../domain/commit.ts'
import type { RefUpdate } from '../git/git-repository.ts'
import { isAncestor } from '../git/walk.ts'
import type { RefChange } from './events.ts'
import type { Model } from './model.ts'
import { protectionOf, pushRefusal } from './protection.ts'
import { Refusal } from './refusal.ts'
import { fresh } from './repositories.ts'
import { settleLocked } from './settle.ts'
import type { KnownActor, Repository } from './types.ts'

const HEADS = 'refs/heads/'

export interface RefWish extends RefUpdate {
  /** Allow a move to something that is not a descendant. */
  force?: boolean
}

/**
 * Moves, makes and deletes references: all or none, each only from its expected value. Everything that
 * follows (pull requests, webhooks) is done before it returns.
 * @throws Refusal `exists`, `stale`, `not-fast-forward`, `protected`, `invalid` (no such object, bad name)
 */
export async function changeRefs(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  wishes: readonly RefWish[],
): Promise<RefChange[]> {
  return await model.locked(repository, () => changeRefsLocked(model, repository, actor, wishes))
}

/** As `changeRefs`, inside `model.locked`. */
export async function changeRefsLocked(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  wishes: readonly RefWish[],
  options: { unprotected?: boolean } = {},
): Promise<RefChange[]> {
  const git = model.git(repository)
  const changes: RefChange[] = []
  for (const wish of wishes) {
    const current = (await git.ref(wish.ref))?.oid ?? ZERO_OID
    await checkWish(model, repository, wish, current)
    if (options.unprotected !== true) await checkProtection(model, repository, actor, wish, current)
    changes.push({ ref: wish.ref, before: current, after: wish.after })
  }
  const moving = changes.filter(({ before, after }) => before !== after)
  if (moving.length === 0) return []
  const result = await git.updateRefs(moving)
  if (!result.ok) throw refUpdateRefusal(result.message)
  await settleLocked(model, fresh(model, repository), actor.account, moving)
  return moving
}

async function checkWish(model: Model, repository: Repository, wish: RefWish, current: Oid): Promise<void> {
  const git = model.git(repository)
  const { ref, before, after } = wish
  if (!isRefName(ref) || ref.startsWith(model.flavour.pullRefs)) {
    throw new Refusal('invalid', `${ref} is not a valid ref name.`, { resource: 'Reference', field: 'ref' })
  }
  if (before !== null && before !== current) {
    if (before === ZERO_OID)
      throw new Refusal('exists', 'Reference already exists', { resource: 'Reference' })
    throw new Refusal('stale', `${ref} is at ${current} but expected ${before}.`, { resource: 'Reference' })
  }
  if (after === ZERO_OID) {
    if (current === ZERO_OID)
      throw new Refusal('invalid', 'Reference does not exist', { resource: 'Reference' })
    if (ref === `${HEADS}${repository.defaultBranch}`) {
      throw new Refusal('protected', 'Cannot delete the default branch')
    }
    return
  }
  const object = await git.info(after)
  if (object === null) throw new Refusal('invalid', 'Object does not exist', { resource: 'Reference' })
  if (ref.startsWith(HEADS) && object.type !== 'commit') {
    throw new Refusal('invalid', 'Reference cannot be updated: the object is not a commit', {
      resource: 'Reference',
    })
  }
  if (wish.force !== true && current !== ZERO_OID && !(await isAncestor(git, current, after))) {
    throw new Refusal('not-fast-forward', 'Update is not a fast forward', { resource: 'Reference' })
  }
}

async function checkProtection(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  { ref, after }: RefWish,
  current: Oid,
): Promise<void> {
  if (!ref.startsWith(HEADS)) return
  const branch = ref.slice(HEADS.length)
  const protection = protectionOf(model, repository, branch)
  if (protection === null || current === ZERO_OID) return
  if (after === ZERO_OID) throw new Refusal('protected', 'Cannot delete this protected branch')
  const forced = !(await isAncestor(model.git(repository), current, after))
  if (forced && protection.levels?.allowForcePush !== true) {
    throw new Refusal('protected', 'Cannot force-push to this protected branch')
  }
  const reason = pushRefusal(model, actor, repository, branch, after)
  if (reason !== null) throw new Refusal('protected', reason)
}

function refUpdateRefusal(message: string): Refusal {
  if (/reference already exists/.test(message)) {
    return new Refusal('exists', 'Reference already exists', { resource: 'Reference' })
  }
  if (/is at .* but expected|unable to resolve reference|Unable to create .*lock/.test(message)) {
    return new Refusal('stale', message.replace(/^fatal: /, ''), { resource: 'Reference' })
  }
  if (/cannot lock ref|cannot create|exists; cannot/.test(message)) {
    return new Refusal('invalid', 'Reference cannot be created: its name collides with another reference.', {
      resource: 'Reference',
      field: 'ref',
    })
  }
  return new Refusal('invalid', message.replace(/^fatal: /, ''), { resource: 'Reference' })
}

/** The rules of `git check-ref-format` for full names. */
export function isRefName(name: string): boolean {
  return (
    /^refs\/[^/]+\/.+/.test(name) &&
    !/\.\.|@\{|\/\/|[\0-\x20\x7f~^:?*[\\]|\.$|\/$/.test(name) &&
    name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
  )
}
