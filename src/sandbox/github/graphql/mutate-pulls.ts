import type {
  ClosePullRequestInput,
  ConvertPullRequestToDraftInput,
  CreatePullRequestInput,
  EnablePullRequestAutoMergeInput,
  MarkPullRequestReadyForReviewInput,
  MergePullRequestInput,
  ReopenPullRequestInput,
  UpdatePullRequestBranchInput,
  UpdatePullRequestInput,
} from '@octokit/graphql-schema'
import { accountById, known } from '../../model/access.ts'
import { mergeability } from '../../model/mergeability.ts'
import { type MergeMethod, mergePull, updatePullBranch } from '../../model/merging.ts'
import { findPull, openPull, updatePull } from '../../model/pulls.ts'
import { Refusal } from '../../model/refusal.ts'
import type { PullRequest, Repository } from '../../model/types.ts'
import { actorView } from './accounts.ts'
import { FieldError, notImplemented } from './errors.ts'
import type { Execution } from './execution.ts'
import { mutation } from './mutation.ts'
import { pullOf, repositoryOf } from './nodes.ts'
import { pullView } from './pulls.ts'

type Change = Parameters<typeof updatePull>[4]

export function pullMutations(execution: Execution): Record<string, unknown> {
  return {
    ...createPull(execution),
    ...mutation<UpdatePullRequestInput>(
      'updatePullRequest',
      ['pullRequestId', 'title', 'body', 'baseRefName', 'state', 'maintainerCanModify'],
      ({ pullRequestId, title, body, baseRefName, state }) =>
        change(execution, pullRequestId, {
          title: title ?? undefined,
          body: body ?? undefined,
          base: baseRefName ?? undefined,
          state: state === 'OPEN' ? 'open' : state === 'CLOSED' ? 'closed' : undefined,
        }),
    ),
    ...mutation<ClosePullRequestInput>('closePullRequest', ['pullRequestId'], ({ pullRequestId }) =>
      change(execution, pullRequestId, { state: 'closed' }),
    ),
    ...mutation<ReopenPullRequestInput>('reopenPullRequest', ['pullRequestId'], ({ pullRequestId }) =>
      change(execution, pullRequestId, { state: 'open' }),
    ),
    ...mutation<ConvertPullRequestToDraftInput>(
      'convertPullRequestToDraft',
      ['pullRequestId'],
      ({ pullRequestId }) => change(execution, pullRequestId, { draft: true }),
    ),
    ...mutation<MarkPullRequestReadyForReviewInput>(
      'markPullRequestReadyForReview',
      ['pullRequestId'],
      ({ pullRequestId }) => change(execution, pullRequestId, { draft: false }),
    ),
    ...mergeMutations(execution),
  }
}

function createPull(execution: Execution): Record<string, unknown> {
  const names = [
    'repositoryId',
    'baseRefName',
    'headRefName',
    'headRepositoryId',
    'title',
    'body',
    'draft',
    'maintainerCanModify',
  ] as const
  return mutation<CreatePullRequestInput>('createPullRequest', names, async (input) => {
    const repository = repositoryOf(execution, input.repositoryId)
    execution.allow(repository, 'pull_requests', 'write')
    const branch = input.headRefName.replace(/^refs\/heads\//, '')
    const source = input.headRepositoryId ? repositoryOf(execution, input.headRepositoryId) : null
    const pull = await openPull(execution.model, repository, known(execution.actor), {
      title: input.title,
      body: input.body ?? null,
      head: source === null ? branch : `${source.owner}:${branch}`,
      base: input.baseRefName.replace(/^refs\/heads\//, ''),
      draft: input.draft ?? false,
    })
    return { pullRequest: () => pullView(execution, repository, pull) }
  })
}

function mergeMutations(execution: Execution): Record<string, unknown> {
  const { model, actor } = execution
  const names = ['pullRequestId', 'expectedHeadOid', 'mergeMethod', 'commitHeadline', 'commitBody'] as const
  return {
    ...mutation<MergePullRequestInput>('mergePullRequest', names, async (input) => {
      const { repository, pull } = pullOf(execution, input.pullRequestId)
      execution.allow(repository, 'contents', 'write')
      await mergePull(model, repository, known(actor), pull.number, {
        method: (input.mergeMethod ?? 'MERGE').toLowerCase() as MergeMethod,
        head: input.expectedHeadOid ?? undefined,
        title: input.commitHeadline ?? undefined,
        message: input.commitBody ?? undefined,
      }).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'stale') throw error
        throw new FieldError('UNPROCESSABLE', error.message)
      })
      return payload(execution, repository, pull)
    }),
    ...mutation<EnablePullRequestAutoMergeInput>('enablePullRequestAutoMerge', names, async (input) => {
      const { repository, pull } = pullOf(execution, input.pullRequestId)
      execution.allow(repository, 'contents', 'write')
      if (!repository.allowAutoMerge) {
        throw new FieldError('UNPROCESSABLE', 'Pull request Auto merge is not allowed for this repository')
      }
      const { state } = await mergeability(model, repository, pull)
      if (state === 'CLEAN' || state === 'UNSTABLE') {
        const message = `Pull request Pull request is in ${state.toLowerCase()} status`
        throw new FieldError('UNPROCESSABLE', message)
      }
      throw notImplemented('auto-merge where a repository allows it')
    }),
    ...mutation<UpdatePullRequestBranchInput>(
      'updatePullRequestBranch',
      ['pullRequestId', 'expectedHeadOid'],
      async ({ pullRequestId, expectedHeadOid }) => {
        const { repository, pull } = pullOf(execution, pullRequestId)
        execution.allow(repository, 'pull_requests', 'write')
        await updatePullBranch(model, repository, known(actor), pull.number, expectedHeadOid ?? undefined)
        return payload(execution, repository, pull)
      },
    ),
  }
}

async function change(execution: Execution, id: string, wish: Change): Promise<Record<string, unknown>> {
  const { repository, pull } = pullOf(execution, id)
  execution.allow(repository, 'pull_requests', 'write')
  await updatePull(execution.model, repository, known(execution.actor), pull.number, wish)
  return payload(execution, repository, pull)
}

function payload(execution: Execution, repository: Repository, pull: PullRequest): Record<string, unknown> {
  const { model, actor } = execution
  return {
    actor: () => actorView(execution, known(actor).account ?? accountById(model, pull.authorId)),
    pullRequest: () => pullView(execution, repository, findPull(model, repository, pull.number) ?? pull),
  }
}
