import { mergeBase } from '../../git/walk.ts'
import { accountById } from '../../model/access.ts'
import { commentsOf } from '../../model/discussion.ts'
import type { Model } from '../../model/model.ts'
import { latestOpinions } from '../../model/protection.ts'
import { pullCommits } from '../../model/pull-content.ts'
import { findPull, headRepository, pullsOf } from '../../model/pulls.ts'
import type { Account, PullRequest, Repository } from '../../model/types.ts'
import { stateName } from '../json/merge-request.ts'
import { fullPath } from '../json/project.ts'
import { mergeStatus, workOutStatus } from '../state/merge-status.ts'
import { latestPipeline } from '../state/pipelines.ts'
import { connection, type PageArguments } from './connection.ts'
import { pipelineNode } from './pipelines.ts'
import { gid } from './repository.ts'

type Node = Record<string, unknown>
/** Makes the node of a project that a merge request belongs to. */
type ProjectNode = (project: Repository) => Node

export interface MergeRequestFilter extends PageArguments {
  authorUsername?: string | null
  draft?: boolean | null
  iids?: string[] | null
  labels?: string[] | null
  sort?: string | null
  sourceBranches?: string[] | null
  targetBranches?: string[] | null
  state?: string | null
  createdAfter?: string | null
  createdBefore?: string | null
  updatedAfter?: string | null
  updatedBefore?: string | null
  mergedAfter?: string | null
  mergedBefore?: string | null
}

/** `Project.mergeRequests`. A filter that is an empty list finds nothing, as on GitLab. */
export function mergeRequestsNode(
  model: Model,
  project: Repository,
  filter: MergeRequestFilter,
  projectNode: ProjectNode,
): Node {
  const found = pullsOf(model, project).filter((pull) => fits(model, pull, filter))
  const sort = (filter.sort ?? 'created_desc').toLowerCase()
  const key = (pull: PullRequest): string =>
    sort.startsWith('updated')
      ? pull.updatedAt
      : sort.startsWith('merged')
        ? (pull.mergedAt ?? '')
        : sort.startsWith('title')
          ? pull.title
          : pull.createdAt
  const sign = sort.endsWith('asc') ? 1 : -1
  found.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number))
  const nodes = found.map((pull) => mergeRequestNode(model, project, pull, projectNode))
  return connection(nodes, ({ iid }) => String(iid), filter, model.faults.cutListingsAt)
}

function fits(model: Model, pull: PullRequest, filter: MergeRequestFilter): boolean {
  const { authorUsername, draft, iids, labels, sourceBranches, targetBranches, state } = filter
  const author = accountById(model, pull.authorId).login
  const between = (
    time: string | null,
    after: string | null | undefined,
    before: string | null | undefined,
  ): boolean =>
    (after == null || (time !== null && Date.parse(time) > Date.parse(after))) &&
    (before == null || (time !== null && Date.parse(time) < Date.parse(before)))
  return (
    (state == null || state === 'all' || state === stateName(pull)) &&
    (authorUsername == null || authorUsername === author) &&
    (draft == null || draft === pull.draft) &&
    (iids == null || iids.includes(String(pull.number))) &&
    (labels == null || (labels.length > 0 && labels.every((label) => pull.labels.includes(label)))) &&
    (sourceBranches == null || sourceBranches.includes(pull.headBranch)) &&
    (targetBranches == null || targetBranches.includes(pull.baseBranch)) &&
    between(pull.createdAt, filter.createdAfter, filter.createdBefore) &&
    between(pull.updatedAt, filter.updatedAfter, filter.updatedBefore) &&
    between(pull.mergedAt, filter.mergedAfter, filter.mergedBefore)
  )
}

/** `Project.mergeRequest`. */
export function findMergeRequest(
  model: Model,
  project: Repository,
  iid: string,
  projectNode: ProjectNode,
): Node | null {
  const pull = findPull(model, project, Number(iid))
  return pull === null ? null : mergeRequestNode(model, project, pull, projectNode)
}

function mergeRequestNode(
  model: Model,
  project: Repository,
  pull: PullRequest,
  projectNode: ProjectNode,
): Node {
  const git = model.git(project)
  const source = headRepository(model, pull)
  const reference = `!${pull.number}`
  const notes = commentsOf(model, project, pull.number)
  const pipeline = latestPipeline(model, project, pull.headOid)
  const exists = async (repository: Repository | null, branch: string): Promise<boolean> =>
    repository !== null && (await model.git(repository).ref(`refs/heads/${branch}`)) !== null
  return {
    id: gid('MergeRequest', pull.id),
    iid: String(pull.number),
    title: pull.title,
    description: pull.body,
    state: stateName(pull),
    draft: pull.draft,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    mergedAt: pull.mergedAt,
    author: userNode(model, accountById(model, pull.authorId)),
    mergeUser: pull.mergedById === null ? null : userNode(model, accountById(model, pull.mergedById)),
    approved: latestOpinions(model, project, pull).some(({ state }) => state === 'APPROVED'),
    autoMergeEnabled: pull.autoMerge != null,
    commitCount: async () => (await pullCommits(model, project, pull)).length,
    // Asking here does not start the check, as it does in the REST API; `mergeable` works it out at once.
    detailedMergeStatus: async () => (await mergeStatus(model, project, pull, false)).toUpperCase(),
    mergeable: async () => (await workOutStatus(model, project, pull)) === 'mergeable',
    mergeError: null,
    diffHeadSha: pull.headOid,
    diffRefs: async () => ({
      baseSha: await mergeBase(git, pull.baseOid, pull.headOid),
      headSha: pull.headOid,
      startSha: pull.baseOid,
    }),
    forceRemoveSourceBranch: pull.removesSource ?? false,
    shouldRemoveSourceBranch: pull.removesSource ?? false,
    headPipeline: pipeline === null ? null : pipelineNode(model, project, pipeline),
    labels: (args: PageArguments) =>
      connection(
        pull.labels.map((title) => ({ id: gid('ProjectLabel', title), title, color: '#6699cc' })),
        ({ title }) => title,
        args,
      ),
    mergeCommitSha: pull.mergeCommitOid,
    notes: ({ filter, ...args }: PageArguments & { filter?: string | null }) =>
      connection(
        notes
          .filter(({ system }) => filter !== 'ONLY_COMMENTS' || system !== true)
          .filter(({ system }) => filter !== 'ONLY_ACTIVITY' || system === true)
          .map((note) => ({
            id: gid('Note', note.id),
            body: note.body,
            system: note.system ?? false,
            createdAt: note.createdAt,
            updatedAt: note.updatedAt,
            url: `${model.urls.repository(project, `/pull/${pull.number}`)}#note_${note.id}`,
            author: userNode(model, accountById(model, note.authorId)),
          })),
        ({ id }) => id,
        args,
      ),
    project: () => projectNode(project),
    projectId: project.id,
    reference: ({ full }: { full?: boolean | null }) =>
      full === true ? `${fullPath(project)}${reference}` : reference,
    sourceBranch: pull.headBranch,
    sourceBranchExists: () => exists(source, pull.headBranch),
    sourceProject: () => (source === null ? null : projectNode(source)),
    sourceProjectId: pull.headRepositoryId,
    targetBranch: pull.baseBranch,
    targetBranchExists: () => exists(project, pull.baseBranch),
    targetProject: () => projectNode(project),
    targetProjectId: project.id,
    userNotesCount: notes.filter(({ system }) => system !== true).length,
    webUrl: model.urls.repository(project, `/pull/${pull.number}`),
  }
}

export function userNode(model: Model, account: Account): Node {
  return {
    id: gid('User', account.id),
    username: account.login,
    name: account.name,
    bot: account.type === 'Bot',
    webUrl: model.urls.html(`/${account.login}`),
  }
}
