import type { Oid } from '../../domain/commit.ts'
import type { TreeChange } from '../git/git-repository.ts'
import { changeTree, writeCommit } from '../git/write.ts'
import type { Model } from './model.ts'
import { changeRefsLocked } from './refs.ts'
import { Refusal } from './refusal.ts'
import { accountSignature, committerSignature } from './signatures.ts'
import type { KnownActor, Repository } from './types.ts'

export interface BranchCommit {
  /** Without `refs/heads/`. */
  branch: string
  /** Null = whatever is there now. */
  expectedHead: Oid | null
  /** Headline, blank line, body. */
  message: string
  changes: readonly TreeChange[]
  /** Make the branch's first commit when the repository is empty. */
  allowEmptyRepository?: boolean
}

/**
 * Commits on a branch in the name of the actor (committer: the forge).
 * @throws Refusal `stale` when the branch is not at `expectedHead`; `not-found` without a branch; as `changeRefs`
 */
export async function commitOnBranch(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  wish: BranchCommit,
): Promise<Oid> {
  return await model.locked(repository, async () => {
    const git = model.git(repository)
    const ref = `refs/heads/${wish.branch}`
    const head = await git.ref(ref)
    const first = head === null && wish.allowEmptyRepository === true && (await git.refs()).size === 0
    if (head === null && !first) throw new Refusal('not-found', `Branch ${wish.branch} not found`)
    if (wish.expectedHead !== null && head?.oid !== wish.expectedHead) {
      throw new Refusal(
        'stale',
        `Expected branch to point to "${wish.expectedHead}" but it did not. Pull and try again.`,
      )
    }
    const base = head === null ? null : await git.commit(head.oid)
    const at = new Date()
    const oid = await writeCommit(git, {
      tree: await changeTree(git, base?.tree ?? null, wish.changes),
      parents: base === null ? [] : [base.oid],
      author: accountSignature(actor.account, at),
      committer: committerSignature(model, actor.account, at),
      message: wish.message,
    })
    await changeRefsLocked(model, repository, actor, [
      { ref, before: head?.oid ?? '0'.repeat(40), after: oid },
    ])
    return oid
  })
}
