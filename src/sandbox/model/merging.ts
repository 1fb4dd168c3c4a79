import type { Oid } from '../../domain/commit.ts'
import { rebase } from '../git/merge.ts'
import { history, isAncestor } from '../git/walk.ts'
import { writeCommit } from '../git/write.ts'
import { mergeability, mergedTree } from './mergeability.ts'
import type { Model } from './model.ts'
import { mayBypass, protectionOf } from './protection.ts'
import { findPull, headLabel, headRepository, pullAuthor } from './pulls.ts'
import { changeRefsLocked } from './refs.ts'
import { Refusal } from './refusal.ts'
import { accountSignature, committerSignature } from './signatures.ts'
import type { KnownActor, PullRequest, Repository } from './types.ts'

const HEADS = 'refs/heads/'

/** `ff` moves the base branch to the head, where nothing stands in between. */
export type MergeMethod = 'merge' | 'squash' | 'rebase' | 'ff'

/**
 * Merges an open pull request.
 * @param wish.head merge only exactly this head
 * @throws Refusal `not-found`, `stale` (head moved), `not-mergeable`, `protected`
 */
export async function mergePull(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  number: number,
  wish: {
    method: MergeMethod
    head?: Oid | undefined
    title?: string | undefined
    message?: string | undefined
  },
): Promise<{ pull: PullRequest; commit: Oid }> {
  return await model.locked(repository, async () => {
    const git = model.git(repository)
    const pull = findPull(model, repository, number)
    if (pull === null) throw new Refusal('not-found', 'Not Found')
    if (wish.head !== undefined && wish.head !== pull.headOid) {
      throw new Refusal('stale', 'Head branch was modified. Review and try the merge again.')
    }
    await checkMergeable(model, repository, actor, pull, wish.method)
    const base = (await git.ref(`${HEADS}${pull.baseBranch}`))?.oid
    if (base === undefined) throw new Refusal('not-mergeable', 'Pull Request is not mergeable')
    const commit = await composeMerge(model, repository, actor, pull, base, wish)
    model.save(['pulls', { ...pull, merging: { commit, byId: actor.account.id } }])
    await changeRefsLocked(
      model,
      repository,
      actor,
      [{ ref: `${HEADS}${pull.baseBranch}`, before: base, after: commit }],
      { unprotected: true },
    )
    await deleteHead(model, repository, actor, pull)
    return { pull: findPull(model, repository, number) ?? pull, commit }
  })
}

/**
 * Brings the base branch into the head branch by a merge commit ("Update branch").
 * @throws Refusal `stale`, `invalid`, `not-mergeable`
 */
export async function updatePullBranch(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  number: number,
  expectedHead: Oid | undefined,
): Promise<void> {
  await model.locked(repository, async () => {
    const git = model.git(repository)
    const pull = findPull(model, repository, number)
    if (pull === null || pull.state !== 'open') throw new Refusal('not-found', 'Not Found')
    if (expectedHead !== undefined && expectedHead !== pull.headOid) {
      throw new Refusal('invalid', "expected_head_sha doesn't match the current head ref.", {
        resource: 'PullRequest',
        field: 'expected_head_sha',
      })
    }
    const base = (await git.ref(`${HEADS}${pull.baseBranch}`))?.oid
    const source = headRepository(model, pull)
    if (base === undefined || source?.id !== repository.id) throw new Refusal('not-found', 'Not Found')
    if (await isAncestor(git, base, pull.headOid)) {
      throw new Refusal('invalid', 'There are no new commits on the base branch.')
    }
    const tree = await mergedTree(model, repository, base, pull.headOid)
    if (tree === null) throw new Refusal('invalid', 'merge conflict between base and head')
    const at = new Date()
    const after = await writeCommit(git, {
      tree,
      parents: [pull.headOid, base],
      author: accountSignature(actor.account, at),
      committer: committerSignature(model, actor.account, at),
      message: `Merge branch '${pull.baseBranch}' into ${pull.headBranch}`,
    })
    await changeRefsLocked(model, repository, actor, [
      { ref: `${HEADS}${pull.headBranch}`, before: pull.headOid, after },
    ])
  })
}

async function checkMergeable(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  pull: PullRequest,
  method: MergeMethod,
): Promise<void> {
  if (pull.state !== 'open') throw new Refusal('not-mergeable', 'Pull Request is not mergeable')
  if (pull.draft) throw new Refusal('not-mergeable', 'Pull Request is still a draft')
  const allowed = {
    merge: 'allowMergeCommit',
    squash: 'allowSquashMerge',
    rebase: 'allowRebaseMerge',
    ff: 'allowRebaseMerge',
  } as const
  if (!repository[allowed[method]]) {
    const name = {
      merge: 'Merge commits',
      squash: 'Squash merges',
      rebase: 'Rebase merges',
      ff: 'Fast-forward merges',
    }[method]
    throw new Refusal('not-mergeable', `${name} are not allowed on this repository.`)
  }
  const { mergeable, state, reason } = await mergeability(model, repository, pull)
  if (mergeable !== 'MERGEABLE') throw new Refusal('not-mergeable', 'Pull Request is not mergeable')
  const protection = protectionOf(model, repository, pull.baseBranch)
  if (protection !== null && mayBypass(model, actor, repository, protection)) return
  if (state === 'BLOCKED' || state === 'BEHIND') {
    throw new Refusal('protected', reason ?? 'Pull Request is not mergeable')
  }
}

async function composeMerge(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  pull: PullRequest,
  base: Oid,
  wish: { method: MergeMethod; title?: string | undefined; message?: string | undefined },
): Promise<Oid> {
  const git = model.git(repository)
  const at = new Date()
  const committer = committerSignature(model, actor.account, at)
  if (wish.method === 'ff') {
    if (await isAncestor(git, base, pull.headOid)) return pull.headOid
    throw new Refusal('not-mergeable', 'Fast-forward merge is not possible')
  }
  if (wish.method === 'rebase') {
    const rebased = await rebase(git, base, pull.headOid, committer)
    if (rebased === null) throw new Refusal('not-mergeable', 'This branch can’t be rebased')
    return rebased
  }
  const tree = await mergedTree(model, repository, base, pull.headOid)
  if (tree === null) throw new Refusal('not-mergeable', 'Pull Request is not mergeable')
  const squash = wish.method === 'squash'
  const words = await mergeWords(model, repository, pull, base, squash)
  const title = wish.title ?? words.title
  const body = wish.message ?? (wish.title !== undefined && model.flavour.kind === 'gitlab' ? '' : words.body)
  return await writeCommit(git, {
    tree,
    parents: squash ? [base] : [base, pull.headOid],
    author: accountSignature(squash ? pullAuthor(model, pull) : actor.account, at),
    committer,
    message: body === '' ? title : `${title}\n\n${body}`,
  })
}

/** What the forge writes into the commit unless something else is said. */
async function mergeWords(
  model: Model,
  repository: Repository,
  pull: PullRequest,
  base: Oid,
  squash: boolean,
): Promise<{ title: string; body: string }> {
  if (model.flavour.kind === 'gitlab') {
    if (squash) return { title: pull.title, body: pull.body ?? '' }
    const title = `Merge branch '${pull.headBranch}' into '${pull.baseBranch}'`
    const reference = `${repository.owner}/${repository.name}!${pull.number}`
    return { title, body: `${pull.title}\n\nSee merge request ${reference}` }
  }
  return squash
    ? { title: `${pull.title} (#${pull.number})`, body: await squashBody(model, repository, pull, base) }
    : {
        title: `Merge pull request #${pull.number} from ${headLabel(pull).replace(':', '/')}`,
        body: pull.title,
      }
}

async function squashBody(
  model: Model,
  repository: Repository,
  pull: PullRequest,
  base: Oid,
): Promise<string> {
  const commits = await history(model.git(repository), pull.headOid, {
    limit: 100,
    not: [base],
    reverse: true,
  })
  const [only] = commits
  if (commits.length === 1 && only !== undefined) return only.message.split('\n').slice(2).join('\n')
  return commits.map(({ message }) => `* ${message}`).join('\n\n')
}

async function deleteHead(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  pull: PullRequest,
): Promise<void> {
  const removes = pull.removesSource ?? repository.deleteBranchOnMerge
  if (!removes || pull.headRepositoryId !== repository.id) return
  const ref = `${HEADS}${pull.headBranch}`
  await changeRefsLocked(model, repository, actor, [
    { ref, before: pull.headOid, after: '0'.repeat(40) },
  ]).catch(() => {})
}
