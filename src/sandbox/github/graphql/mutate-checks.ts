import type { CheckAnnotationData, UpdateCheckRunInput } from '@octokit/graphql-schema'
import { known, requireAccess } from '../../model/access.ts'
import { updateCheckRun } from '../../model/checks.ts'
import { parseNodeId } from '../../model/ids.ts'
import type {
  CheckAnnotation,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  Repository,
} from '../../model/types.ts'
import { runView } from './checks.ts'
import { FieldError } from './errors.ts'
import type { Execution } from './execution.ts'
import { mutation } from './mutation.ts'
import { repositoryOf } from './nodes.ts'

export function checkMutations(execution: Execution): Record<string, unknown> {
  const { model, actor } = execution
  const names = ['repositoryId', 'checkRunId', 'name', 'status', 'conclusion', 'output'] as const
  return mutation<UpdateCheckRunInput>('updateCheckRun', names, (input) => {
    const repository = repositoryOf(execution, input.repositoryId)
    const run = runOf(execution, repository, input.checkRunId)
    requireAccess(model, actor, repository, ['checks', 'write'])
    if (run.appAccountId !== known(actor).account.id) {
      throw new FieldError('FORBIDDEN', 'Resource not accessible by integration')
    }
    const { name, status, conclusion, output } = input
    const changed = updateCheckRun(model, repository, known(actor), run, {
      name: name ?? undefined,
      status: status?.toLowerCase() as CheckStatus | undefined,
      conclusion: conclusion?.toLowerCase() as CheckConclusion | undefined,
      output: output
        ? {
            title: output.title,
            summary: output.summary,
            text: output.text,
            annotations: output.annotations?.map(toAnnotation),
          }
        : undefined,
    })
    return { checkRun: () => runView(execution, repository, changed) }
  })
}

function runOf(execution: Execution, repository: Repository, id: string): CheckRun {
  const node = parseNodeId(id)
  const run =
    node?.kind === 'CheckRun' ? execution.model.tables.checkRuns.get(Number(node.parts[0])) : undefined
  if (run?.repositoryId === repository.id) return run
  throw new FieldError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
}

function toAnnotation(data: CheckAnnotationData): CheckAnnotation {
  const { location } = data
  return {
    path: data.path,
    startLine: location.startLine,
    endLine: location.endLine,
    startColumn: location.startColumn ?? null,
    endColumn: location.endColumn ?? null,
    level: data.annotationLevel.toLowerCase() as CheckAnnotation['level'],
    title: data.title ?? null,
    message: data.message,
    rawDetails: data.rawDetails ?? null,
  }
}
