import {
  type DocumentNode,
  execute,
  type GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  GraphQLError as Problem,
  parse,
  validate,
} from 'graphql'
import type { Model } from '../../model/model.ts'
import type { Actor } from '../../model/types.ts'
import { queryCost } from './cost.ts'
import { type ErrorEntry, errorEntry } from './errors.ts'
import { createExecution, type Execution, type Links } from './execution.ts'
import { resolveField } from './fields.ts'
import { mutationView } from './mutations.ts'
import { objectView } from './objects.ts'
import { pullList, pullsOfCommit } from './pull-lists.ts'
import { queryView, type Rate } from './query.ts'
import { repositoryView } from './repository.ts'
import { githubSchema } from './schema.ts'

const NODE_LIMIT = 500_000

export interface GraphqlRequest {
  query: string
  variables: Record<string, unknown>
  operationName: string | null
}

export interface GraphqlResult {
  data?: unknown
  errors?: ErrorEntry[]
}

/** Takes points from the actor's rate limit and tells where it stands then. */
export type Spend = (points: number) => Omit<Rate, 'cost' | 'nodeCount'>

/**
 * Answers one GraphQL request as GitHub would: errors stand beside the data, at their path; a mutation's
 * fields run in order, and one that fails leaves the effects of those before it.
 * @param report gets errors that are nobody's fault but the sandbox's
 */
export async function executeGraphql(
  model: Model,
  actor: Actor,
  request: GraphqlRequest,
  spend: Spend,
  report: (error: unknown) => void,
): Promise<GraphqlResult> {
  const entry = (error: GraphQLError): ErrorEntry => errorEntry(error, report)
  const prepared = prepare(request)
  if ('errors' in prepared) return { errors: prepared.errors.map(entry) }
  const { document, operation } = prepared
  const cost = queryCost(document, operation, request.variables)
  if (cost.nodes > NODE_LIMIT) {
    const message = `This query requests up to ${cost.nodes} possible nodes which exceeds the maximum limit of 500,000.`
    return { errors: [{ type: 'MAX_NODE_LIMIT_EXCEEDED', message }] }
  }
  const rate: Rate = { cost: cost.points, nodeCount: cost.nodes, ...spend(cost.points) }
  const execution = createExecution(model, actor, links)
  const { data, errors } = await execute({
    schema: githubSchema(),
    document,
    operationName: request.operationName,
    variableValues: request.variables,
    rootValue: operation.operation === 'mutation' ? mutationView(execution) : queryView(execution, rate),
    fieldResolver: resolveField,
  })
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map(entry) }),
  }
}

type Prepared =
  | { document: DocumentNode; operation: OperationDefinitionNode }
  | { errors: readonly GraphQLError[] }

function prepare({ query, operationName }: GraphqlRequest): Prepared {
  let document: DocumentNode
  try {
    document = parse(query)
  } catch (error) {
    return { errors: [error instanceof Problem ? error : new Problem(String(error))] }
  }
  const errors = validate(githubSchema(), document)
  if (errors.length > 0) return { errors }
  const operation = getOperationAST(document, operationName)
  if (operation) return { document, operation }
  return { errors: [new Problem('An operation name is required')] }
}

function links(execution: Execution): Links {
  return {
    repository: (repository) => repositoryView(execution, repository),
    object: (repository, oid) => objectView(execution, repository, oid),
    pullList: (repository, head) => pullList(execution, repository, head),
    pullsOfCommit: (repository, oid) => pullsOfCommit(execution, repository, oid),
  }
}
