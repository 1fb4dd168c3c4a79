import { type Signature, signatureTime } from '../../git/objects.ts'
import { nodeId } from '../../model/ids.ts'
import type { Account } from '../../model/types.ts'
import type { Execution } from './execution.ts'
import { takes, type View } from './fields.ts'

/**
 * An `Actor`: person, organization or bot. A bot's login is written without `[bot]` here, as GitHub's GraphQL
 * does in contrast to REST.
 */
export function actorView(execution: Execution, account: Account): View {
  if (account.type === 'User') return userView(execution, account)
  const bot = account.type === 'Bot'
  return {
    ...common(execution, account),
    __typename: account.type,
    id: nodeId(account.type, account.id),
    login: bot ? account.login.replace(/\[bot\]$/, '') : account.login,
    ...(bot ? {} : { name: account.name, email: account.email }),
  }
}

/** A `User`; also what `viewer` gives for a bot, with its whole login. */
export function userView(execution: Execution, account: Account): View {
  return {
    ...common(execution, account),
    __typename: 'User',
    id: nodeId('User', account.id),
    login: account.login,
    name: account.name,
    email: account.email,
  }
}

/** Author or committer of a commit; `user` is the account with that mail address. */
export function gitActorView(execution: Execution, signature: Signature): View {
  const { model } = execution
  return {
    __typename: 'GitActor',
    name: signature.name,
    email: signature.email,
    date: signatureTime(signature),
    avatarUrl: takes(['size'], () => model.urls.html('/-/avatar')),
    user: () => {
      const account = model.tables.accounts.all().find(({ email }) => email === signature.email)
      return account === undefined ? null : userView(execution, account)
    },
  }
}

function common({ model }: Execution, account: Account): Record<string, unknown> {
  return {
    databaseId: account.id,
    avatarUrl: takes(['size'], () => model.urls.html('/-/avatar')),
    url: model.urls.html(`/${account.login}`),
    resourcePath: `/${account.login}`,
    createdAt: account.createdAt,
  }
}
