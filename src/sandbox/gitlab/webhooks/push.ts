import { type Oid, ZERO_OID } from '../../../domain/commit.ts'
import { changedPaths } from '../../git/diff.ts'
import type { CommitObject } from '../../git/objects.ts'
import { countCommits, history } from '../../git/walk.ts'
import type { ForgeEvent, RefChange } from '../../model/events.ts'
import type { Model } from '../../model/model.ts'
import { protectionOf } from '../../model/protection.ts'
import type { Repository } from '../../model/types.ts'
import { hookProjectJson } from '../json/project.ts'
import type { Part } from './courier.ts'
import { hookCommitJson } from './payloads.ts'

type RefsEvent = ForgeEvent & { type: 'refs' }

const HEADS = 'refs/heads/'
const TAGS = 'refs/tags/'
/** More branches, or more tags, in one push than this send nothing (`push_event_hooks_limit`). */
const MOST = 3
/** Commits that a payload lists; `total_commits_count` has the rest. */
const MOST_COMMITS = 20

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events */
export async function refsPayloads(model: Model, event: RefsEvent): Promise<Part[]> {
  const branches = event.changes.filter(({ ref }) => ref.startsWith(HEADS))
  const tags = event.changes.filter(({ ref }) => ref.startsWith(TAGS))
  const told = [...(branches.length > MOST ? [] : branches), ...(tags.length > MOST ? [] : tags)]
  const parts: Part[] = []
  for (const change of told) parts.push(await pushPayload(model, event, change))
  return parts
}

async function pushPayload(model: Model, event: RefsEvent, { ref, before, after }: RefChange): Promise<Part> {
  const { repository, sender } = event
  const git = model.git(repository)
  const tag = ref.startsWith(TAGS)
  const name = ref.slice((tag ? TAGS : HEADS).length)
  const object = after === ZERO_OID || !tag ? null : await git.tag(after)
  const head = after === ZERO_OID ? null : (object?.object ?? after)
  const commits = head === null ? [] : await pushedCommits(model, repository, name, before, head, tag)
  const total = head === null ? 0 : await totalCommits(model, repository, name, before, head, tag)
  const kind = tag ? 'tag_push' : 'push'
  const homepage = model.urls.repository(repository)
  const payload = {
    object_kind: kind,
    event_name: kind,
    before,
    after,
    ref,
    ref_protected: !tag && protectionOf(model, repository, name) !== null,
    checkout_sha: head,
    message: object?.message ?? null,
    user_id: sender.id,
    user_name: sender.name,
    user_username: sender.login,
    user_email: '',
    user_avatar: model.urls.html(`/avatars/${sender.id}`),
    project_id: repository.id,
    project: hookProjectJson(model, repository),
    commits: await Promise.all(commits.map((commit) => commitWithPaths(model, repository, commit))),
    total_commits_count: total,
    push_options: {},
    repository: {
      name: repository.name,
      url: `${homepage}.git`,
      description: repository.description,
      homepage,
      git_http_url: `${homepage}.git`,
      git_ssh_url: hookProjectJson(model, repository).git_ssh_url,
      visibility_level: repository.private ? 0 : 20,
    },
  }
  return tag
    ? { trigger: 'tag_push_events', event: 'Tag Push Hook', payload }
    : { trigger: 'push_events', event: 'Push Hook', payload, branch: name }
}

/** The newest of the commits that the branch has now and had not before, oldest first; of a tag its commit. */
async function pushedCommits(
  model: Model,
  project: Repository,
  branch: string,
  before: Oid,
  head: Oid,
  tag: boolean,
): Promise<CommitObject[]> {
  const git = model.git(project)
  if (tag) return [await git.commit(head)].filter((commit) => commit !== null)
  const not = await knownBefore(model, project, branch, before)
  return (await history(git, head, { limit: MOST_COMMITS, not })).reverse()
}

async function totalCommits(
  model: Model,
  project: Repository,
  branch: string,
  before: Oid,
  head: Oid,
  tag: boolean,
): Promise<number> {
  if (tag) return 1
  return await countCommits(model.git(project), head, await knownBefore(model, project, branch, before))
}

/** What the branch had; of a new one, what the default branch has. */
async function knownBefore(model: Model, project: Repository, branch: string, before: Oid): Promise<Oid[]> {
  if (before !== ZERO_OID) return [before]
  const main = await model.git(project).ref(`${HEADS}${project.defaultBranch}`)
  return main === null || branch === project.defaultBranch ? [] : [main.oid]
}

async function commitWithPaths(
  model: Model,
  project: Repository,
  commit: CommitObject,
): Promise<Record<string, unknown>> {
  const git = model.git(project)
  const [parent] = commit.parents
  const before = parent === undefined ? null : ((await git.commit(parent))?.tree ?? null)
  const paths = await changedPaths(git, before, commit.tree)
  return { ...hookCommitJson(model, project, commit), ...paths }
}
