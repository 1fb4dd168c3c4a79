import { type Oid, ZERO_OID } from '../../../domain/commit.ts'
import { changedPaths } from '../../git/diff.ts'
import { type CommitObject, type Signature, signatureTime } from '../../git/objects.ts'
import { history, isAncestor, isOnlyParent } from '../../git/walk.ts'
import type { ForgeEvent, RefChange } from '../../model/events.ts'
import type { Model } from '../../model/model.ts'
import type { Account, Repository } from '../../model/types.ts'
import { accountByEmail } from '../json/account.ts'
import { repositoryJson } from '../json/repository.ts'

type RefsEvent = ForgeEvent & { type: 'refs' }
type Part = { event: string; payload: Record<string, unknown> }

const HEADS = 'refs/heads/'
const TAGS = 'refs/tags/'
/** GitHub sends nothing about tags when more than this are pushed at once. */
const MOST_TAGS = 3
/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
const MOST_COMMITS = 2048

/** `create`, `delete` and `push` of everything that one push (or API call) has moved. */
export async function refsPayloads(model: Model, event: RefsEvent): Promise<Part[]> {
  const tags = event.changes.filter(({ ref }) => ref.startsWith(TAGS))
  const branches = event.changes.filter(({ ref }) => ref.startsWith(HEADS))
  const parts: Part[] = []
  for (const change of [...branches, ...(tags.length > MOST_TAGS ? [] : tags)]) {
    parts.push(...lifePayloads(event, change), await pushPayload(model, event, change))
  }
  return parts
}

function lifePayloads({ repository }: RefsEvent, { ref, before, after }: RefChange): Part[] {
  const ref_type = ref.startsWith(TAGS) ? 'tag' : 'branch'
  const name = ref.slice((ref_type === 'tag' ? TAGS : HEADS).length)
  if (before === ZERO_OID) {
    const { defaultBranch: master_branch, description } = repository
    return [
      {
        event: 'create',
        payload: { ref: name, ref_type, full_ref: ref, master_branch, description, pusher_type: 'user' },
      },
    ]
  }
  if (after === ZERO_OID) {
    return [{ event: 'delete', payload: { ref: name, ref_type, full_ref: ref, pusher_type: 'user' } }]
  }
  return []
}

async function pushPayload(model: Model, event: RefsEvent, change: RefChange): Promise<Part> {
  const { repository, sender } = event
  const { ref, before, after } = change
  const git = model.git(repository)
  const created = before === ZERO_OID
  const deleted = after === ZERO_OID
  const head = deleted ? null : await headOf(model, repository, after)
  const forced = !created && !deleted && !(await isAncestor(git, before, after))
  const commits = await pushedCommits(model, event, change)
  const html = model.urls.repository(repository)
  const name = ref.replace(HEADS, '').replace(TAGS, '')
  const compare = created || deleted ? name : `${before.slice(0, 12)}...${after.slice(0, 12)}`
  return {
    event: 'push',
    payload: {
      ref,
      before,
      after,
      repository: pushRepositoryJson(model, repository),
      pusher: pusherJson(sender),
      created,
      deleted,
      forced: forced || deleted,
      base_ref: null,
      compare: `${html}/compare/${compare}`,
      commits,
      head_commit: head === null ? null : await commitPayload(model, repository, head),
    },
  }
}

/** The commits that the branch has now and had not before, oldest first. */
async function pushedCommits(
  model: Model,
  { repository, changes }: RefsEvent,
  { ref, before, after }: RefChange,
): Promise<Record<string, unknown>[]> {
  if (!ref.startsWith(HEADS) || after === ZERO_OID) return []
  const git = model.git(repository)
  const moved = new Set(changes.map((each) => each.ref))
  const others = [...(await git.refs()).values()]
    .filter(({ name }) => name.startsWith(HEADS) && !moved.has(name))
    .map(({ oid }) => oid)
  const not = before === ZERO_OID ? [...new Set(others)] : [before]
  const single = before !== ZERO_OID && (await isOnlyParent(git, before, after))
  const only = single ? await git.commit(after) : null
  const commits = only === null ? await history(git, after, { limit: MOST_COMMITS, not }) : [only]
  return await Promise.all(commits.reverse().map((commit) => commitPayload(model, repository, commit)))
}

/** A commit with the paths that it changed; a merge lists none. */
async function commitPayload(
  model: Model,
  repository: Repository,
  commit: CommitObject,
): Promise<Record<string, unknown>> {
  const git = model.git(repository)
  const [parent] = commit.parents
  const before = parent === undefined ? null : ((await git.commit(parent))?.tree ?? null)
  const merged = commit.parents.length > 1
  const paths = await changedPaths(git, merged ? commit.tree : before, commit.tree)
  return { ...commitFacts(model, repository, commit), ...paths }
}

function commitFacts(model: Model, repository: Repository, commit: CommitObject): Record<string, unknown> {
  return {
    id: commit.oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: signatureTime(commit.committer),
    url: model.urls.repository(repository, `/commit/${commit.oid}`),
    author: personJson(model, commit.author),
    committer: personJson(model, commit.committer),
  }
}

async function headOf(model: Model, repository: Repository, oid: Oid): Promise<CommitObject | null> {
  const git = model.git(repository)
  const peeled = await git.info(`${oid}^{commit}`)
  return peeled === null ? null : await git.commit(peeled.oid)
}

/** The repository as push payloads have it: times are seconds, and the owner has a name and an address. */
function pushRepositoryJson(model: Model, repository: Repository): Record<string, unknown> {
  const json = repositoryJson(model, repository)
  const owner = model.tables.accounts.get(repository.ownerId)
  return {
    ...json,
    owner: { name: repository.owner, email: owner?.email ?? null, ...(json.owner as object) },
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt),
    url: model.urls.repository(repository),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    ...(owner?.type === 'Organization' ? { organization: owner.login } : {}),
  }
}

function pusherJson(account: Account): Record<string, unknown> {
  return { name: account.login, email: account.email }
}

function personJson(model: Model, { name, email }: Signature): Record<string, unknown> {
  const account = accountByEmail(model, email)
  return { name, email, ...(account === null ? {} : { username: account.login }) }
}

function seconds(time: string): number {
  return Math.floor(new Date(time).getTime() / 1000)
}
