import type { Signature } from '../git/objects.ts'
import type { Model } from './model.ts'
import type { Account } from './types.ts'

/** Who the forge says has committed what an account made through its API or pages: GitHub itself, or the account. */
export function committerSignature({ flavour }: Model, account: Account, at: Date): Signature {
  return flavour.committer === null
    ? accountSignature(account, at)
    : { ...flavour.committer, seconds: seconds(at), zone: '+0000' }
}

/** An account as the author of a commit: `supercargo[bot] <502+supercargo[bot]@users.noreply.github.com>`. */
export function accountSignature(account: Account, at: Date): Signature {
  return { name: account.name, email: account.email, seconds: seconds(at), zone: '+0000' }
}

/** @param date ISO 8601; the zone is kept */
export function signature(name: string, email: string, date: string | Date): Signature {
  const text = typeof date === 'string' ? date : ''
  const zone = /([+-]\d{2}):?(\d{2})$/.exec(text)
  const at = new Date(date)
  return {
    name,
    email,
    seconds: seconds(Number.isNaN(at.getTime()) ? new Date() : at),
    zone: zone === null || !text.includes('T') ? '+0000' : `${zone[1]}${zone[2]}`,
  }
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
