import type { Model } from './model.ts'
import type { Account } from './types.ts'

export interface AppIdentity {
  id: number
  slug: string
  name: string
  clientId: string
}

/** The app behind a bot's account: the sandbox's own, or another one, whose id is that of its account. */
export function appOf(model: Model, account: Account): AppIdentity {
  if (account.id === model.bot.id) return model.app
  const slug = account.login.replace(/\[bot\]$/, '')
  return { id: account.id, slug, name: slug, clientId: `Iv1.${slug}` }
}
