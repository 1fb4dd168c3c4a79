import type {
  QueryNodeArgs,
  QueryNodesArgs,
  QueryRepositoryArgs,
  QueryUserArgs,
} from '@octokit/graphql-schema'
import { canSee, findAccount, findRepository } from '../../model/access.ts'
import { actorView, userView } from './accounts.ts'
import { FieldError } from './errors.ts'
import type { Execution } from './execution.ts'
import { takes, type View } from './fields.ts'
import { nodeView } from './nodes.ts'
import { repositoryView } from './repository.ts'

/** State of the rate limit after this query. */
export interface Rate {
  cost: number
  nodeCount: number
  limit: number
  remaining: number
  used: number
  /** Seconds since 1970. */
  reset: number
}

/** The root of all queries. */
export function queryView(execution: Execution, rate: Rate): View {
  const { model, actor } = execution
  return {
    __typename: 'Query',
    viewer: () => {
      if (actor.kind === 'anonymous') throw new FieldError('FORBIDDEN', 'Requires authentication')
      return userView(execution, actor.account)
    },
    rateLimit: takes<{ dryRun?: boolean }>(['dryRun'], () => ({
      __typename: 'RateLimit',
      cost: rate.cost,
      nodeCount: rate.nodeCount,
      limit: rate.limit,
      remaining: rate.remaining,
      used: rate.used,
      resetAt: new Date(rate.reset * 1000).toISOString().replace('.000Z', 'Z'),
    })),
    repository: takes<QueryRepositoryArgs>(['owner', 'name', 'followRenames'], ({ owner, name }) => {
      const repository = findRepository(model, owner, name)
      if (repository !== null && canSee(model, actor, repository))
        return repositoryView(execution, repository)
      const message = `Could not resolve to a Repository with the name '${owner}/${name}'.`
      throw new FieldError('NOT_FOUND', message)
    }),
    user: takes<QueryUserArgs>(['login'], ({ login }) => {
      const account = findAccount(model, login)
      if (account?.type === 'User') return actorView(execution, account)
      throw new FieldError('NOT_FOUND', `Could not resolve to a User with the login of '${login}'.`)
    }),
    node: takes<QueryNodeArgs>(['id'], ({ id }) => nodeView(execution, id)),
    nodes: takes<QueryNodesArgs>(['ids'], ({ ids }) => ids.map((id) => nodeView(execution, id))),
  }
}
