import { createHash, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import type { Auth } from '../auth.ts'
import { actorOfToken, hashToken } from '../model/installations.ts'
import type { Model } from '../model/model.ts'
import { ensureAccount } from '../model/repositories.ts'
import type { Actor } from '../model/types.ts'

export interface GithubAuth extends Auth {
  /** Lets another person in: the token then stands for this login. */
  addPerson(login: string, token: string): void
}

/** Longest life of an app's JWT, and how far its clock may be ahead, in seconds. */
const LONGEST_JWT = 600
const CLOCK_SKEW = 60

/**
 * Authentication as on GitHub: tokens of people, installation tokens, JWTs of the app.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
 * @param token of the sandbox's own person
 */
export function createAuth(model: Model, token: string, publicKey: KeyObject | null): GithubAuth {
  const people = [{ token, account: model.you }]

  function byToken(candidate: string): Actor | null {
    if (candidate.startsWith('ghs_')) return actorOfToken(model, candidate)
    if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(candidate)) return byJwt(model, candidate, publicKey)
    const person = people.find((each) => equal(each.token, candidate))
    if (person !== undefined) return { kind: 'person', account: person.account }
    const kept = model.tables.personTokens.by(hashToken(candidate))[0]
    const account = kept === undefined ? undefined : model.tables.accounts.get(kept.accountId)
    return account === undefined ? null : { kind: 'person', account }
  }

  return {
    addPerson: (login, personToken) => {
      people.push({ token: personToken, account: ensureAccount(model, login) })
    },
    actor: (authorization) => {
      if (!authorization) return { kind: 'anonymous' }
      const space = authorization.indexOf(' ')
      const scheme = authorization.slice(0, space).toLowerCase()
      const value = authorization.slice(space + 1).trim()
      if (scheme === 'token' || scheme === 'bearer') return byToken(value)
      if (scheme !== 'basic') return null
      const [user = '', ...rest] = Buffer.from(value, 'base64').toString().split(':')
      const password = rest.join(':')
      return byToken(password === '' || password === 'x-oauth-basic' ? user : password)
    },
  }
}

function byJwt(model: Model, jwt: string, publicKey: KeyObject | null): Actor | null {
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  const header = readPart(head)
  const payload = readPart(claims)
  if (publicKey === null || header?.alg !== 'RS256' || payload === null) return null
  const signed = Buffer.from(`${head}.${claims}`)
  if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))) return null
  const now = Math.floor(Date.now() / 1000)
  const { iat, exp, iss } = payload
  if (typeof iat !== 'number' || typeof exp !== 'number') return null
  if (iat > now + CLOCK_SKEW || exp <= now || exp > now + LONGEST_JWT + CLOCK_SKEW) return null
  if (String(iss) !== String(model.app.id) && iss !== model.app.clientId) return null
  return { kind: 'app', account: model.bot }
}

function readPart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
