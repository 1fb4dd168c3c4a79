import type {
  CheckRunAnnotationsArgs,
  CheckSuiteCheckRunsArgs,
  CommitCheckSuitesArgs,
  StatusContextArgs,
} from '@octokit/graphql-schema'
import type { Oid } from '../../../domain/commit.ts'
import { accountById } from '../../model/access.ts'
import { type AppIdentity, appOf } from '../../model/apps.ts'
import { checkRunsOf, latestStatuses, rollup, suiteState, suitesOf } from '../../model/checks.ts'
import { nodeId } from '../../model/ids.ts'
import type { CheckAnnotation, CheckRun, CheckSuite, CommitStatus, Repository } from '../../model/types.ts'
import { actorView } from './accounts.ts'
import { connection, PAGE, type Page } from './connection.ts'
import type { Execution } from './execution.ts'
import { takes, type View } from './fields.ts'

/** The fields of `Commit` that tell what was reported on it. */
export function commitChecks(
  execution: Execution,
  repository: Repository,
  oid: Oid,
): Record<string, unknown> {
  const { model } = execution
  return {
    checkSuites: takes<CommitCheckSuitesArgs>([...PAGE, 'filterBy'], ({ filterBy, ...page }) => {
      execution.allow(repository, 'checks')
      const suites = suitesOf(model, repository, oid).filter((suite) => {
        const named = checkRunsOf(model, repository, oid, false).some(
          ({ suiteId, name }) => suiteId === suite.id && name === filterBy?.checkName,
        )
        return (
          (!filterBy?.appId || appOfSuite(execution, suite).id === filterBy.appId) &&
          (!filterBy?.checkName || named)
        )
      })
      return connection(execution, 'CheckSuiteConnection', 'checkSuites', page, suites, (suite) =>
        suiteView(execution, repository, suite),
      )
    }),
    status: () => {
      execution.allow(repository, 'statuses')
      const statuses = latestStatuses(model, repository, oid)
      return statuses.length === 0 ? null : statusView(execution, repository, oid, statuses)
    },
    statusCheckRollup: () => {
      const state = rollup(model, repository, oid)
      return state === null ? null : rollupView(execution, repository, oid, state)
    },
  }
}

export function suiteView(execution: Execution, repository: Repository, suite: CheckSuite): View {
  const { model } = execution
  const { status, conclusion } = suiteState(model, suite)
  const app = appOfSuite(execution, suite)
  return {
    __typename: 'CheckSuite',
    id: nodeId('CheckSuite', suite.id),
    databaseId: suite.id,
    app: {
      __typename: 'App',
      id: nodeId('App', app.id),
      databaseId: app.id,
      slug: app.slug,
      name: app.name,
      clientId: app.clientId,
    },
    status: status.toUpperCase(),
    conclusion: conclusion?.toUpperCase() ?? null,
    createdAt: suite.createdAt,
    updatedAt: suite.updatedAt,
    url: model.urls.repository(repository, `/commit/${suite.headOid}`),
    commit: () => execution.links.object(repository, suite.headOid),
    repository: () => execution.links.repository(repository),
    checkRuns: takes<CheckSuiteCheckRunsArgs>([...PAGE, 'filterBy'], ({ filterBy, ...page }) => {
      const runs = checkRunsOf(model, repository, suite.headOid, filterBy?.checkType !== 'ALL').filter(
        (run) =>
          run.suiteId === suite.id &&
          (!filterBy?.appId || app.id === filterBy.appId) &&
          (!filterBy?.checkName || run.name === filterBy.checkName) &&
          (!filterBy?.status || run.status.toUpperCase() === filterBy.status) &&
          (!filterBy?.statuses || filterBy.statuses.includes(run.status.toUpperCase() as never)) &&
          (!filterBy?.conclusions || filterBy.conclusions.includes(run.conclusion?.toUpperCase() as never)),
      )
      return connection(execution, 'CheckRunConnection', 'checkRuns', page, runs, (run) =>
        runView(execution, repository, run),
      )
    }),
  }
}

export function runView(execution: Execution, repository: Repository, run: CheckRun): View {
  const { model } = execution
  const url = model.urls.repository(repository, `/runs/${run.id}`)
  return {
    __typename: 'CheckRun',
    id: nodeId('CheckRun', run.id),
    databaseId: run.id,
    name: run.name,
    externalId: run.externalId === '' ? null : run.externalId,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    detailsUrl: run.detailsUrl ?? url,
    permalink: url,
    url,
    resourcePath: `/${repository.owner}/${repository.name}/runs/${run.id}`,
    startedAt: run.startedAt,
    completedAt: run.completedAt,
    title: run.title,
    summary: run.summary,
    text: run.text,
    repository: () => execution.links.repository(repository),
    checkSuite: () => {
      const suite = model.tables.checkSuites.get(run.suiteId)
      return suite === undefined ? null : suiteView(execution, repository, suite)
    },
    annotations: takes<CheckRunAnnotationsArgs>(PAGE, (page: Page) =>
      connection(execution, 'CheckAnnotationConnection', 'annotations', page, run.annotations, (annotation) =>
        annotationView(execution, repository, run, annotation),
      ),
    ),
  }
}

function annotationView(
  { model }: Execution,
  repository: Repository,
  run: CheckRun,
  annotation: CheckAnnotation,
): View {
  const position = (line: number, column: number | null): View => ({
    __typename: 'CheckAnnotationPosition',
    line,
    column,
  })
  return {
    __typename: 'CheckAnnotation',
    annotationLevel: annotation.level.toUpperCase(),
    path: annotation.path,
    title: annotation.title,
    message: annotation.message,
    rawDetails: annotation.rawDetails,
    blobUrl: model.urls.repository(repository, `/blob/${run.headOid}/${annotation.path}`),
    location: {
      __typename: 'CheckAnnotationSpan',
      start: position(annotation.startLine, annotation.startColumn),
      end: position(annotation.endLine, annotation.endColumn),
    },
  }
}

function statusView(execution: Execution, repository: Repository, oid: Oid, statuses: CommitStatus[]): View {
  const view = (status: CommitStatus): View => contextView(execution, repository, status)
  const states = statuses.map(({ state }) => state.toUpperCase())
  return {
    __typename: 'Status',
    id: nodeId('Status', repository.id, oid),
    state: ['ERROR', 'FAILURE', 'PENDING'].find((state) => states.includes(state)) ?? 'SUCCESS',
    contexts: () => statuses.map(view),
    context: takes<StatusContextArgs>(['name'], ({ name }) => {
      const status = statuses.find(({ context }) => context === name)
      return status === undefined ? null : view(status)
    }),
    commit: () => execution.links.object(repository, oid),
  }
}

export function contextView(execution: Execution, repository: Repository, status: CommitStatus): View {
  return {
    __typename: 'StatusContext',
    id: nodeId('StatusContext', status.id),
    context: status.context,
    state: status.state.toUpperCase(),
    description: status.description,
    targetUrl: status.targetUrl,
    createdAt: status.createdAt,
    creator: () => actorView(execution, accountById(execution.model, status.creatorId)),
    commit: () => execution.links.object(repository, status.oid),
  }
}

function rollupView(execution: Execution, repository: Repository, oid: Oid, state: string): View {
  const { model } = execution
  return {
    __typename: 'StatusCheckRollup',
    id: nodeId('Status', repository.id, oid, 'rollup'),
    state,
    commit: () => execution.links.object(repository, oid),
    contexts: takes<Page>(PAGE, (page) => {
      execution.allow(repository, 'checks')
      const views = [
        ...checkRunsOf(model, repository, oid).map((run) => runView(execution, repository, run)),
        ...latestStatuses(model, repository, oid).map((status) => contextView(execution, repository, status)),
      ]
      return connection(
        execution,
        'StatusCheckRollupContextConnection',
        'contexts',
        page,
        views,
        (view) => view,
      )
    }),
  }
}

function appOfSuite({ model }: Execution, suite: CheckSuite): AppIdentity {
  return appOf(model, accountById(model, suite.appAccountId))
}
