import { timingSafeEqual } from 'node:crypto'
import type { Context, Next } from 'hono'
import type { Auth } from '../auth.ts'
import type { Model } from '../model/model.ts'
import type { Actor } from '../model/types.ts'

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

export interface GuardOptions {
  model: Model
  auth: Auth
  /** The server listens on this machine only: whoever can reach it is `you`. Otherwise a token is asked for. */
  loopback: boolean
  csrf: string
}

/**
 * Lets only the person in front of the sandbox in. On loopback without a login, so a page of another site must
 * not reach it: neither by a form (Origin, Sec-Fetch-Site, a token in the form) nor by a name that resolves to
 * this machine (Host). Elsewhere by HTTP Basic with a person's token as the password.
 */
export function guard({ model, auth, loopback, csrf }: GuardOptions) {
  return async (context: Context, next: Next): Promise<Response | undefined> => {
    const { req } = context
    const host = new URL(req.url).host
    const ours = host === new URL(model.urls.html()).host || LOOPBACK.test(host.replace(/:\d+$/, ''))
    if (loopback && !ours) return context.text('This name does not belong to the sandbox.', 421)
    if (!loopback && !isPerson(auth.actor(req.header('authorization')))) {
      const challenge = { 'www-authenticate': 'Basic realm="Sandbox: the password is SANDBOX_TOKEN"' }
      return context.text('The sandbox asks for its token as the password.', 401, challenge)
    }
    if (req.method === 'POST' && !(sameOrigin(req.raw, host) && (await hasCsrf(context, csrf)))) {
      return context.text('This form did not come from the sandbox’s own pages.', 403)
    }
    headers(context)
    await next()
    return undefined
  }
}

/** The bot is a user on GitLab, but nobody to sit in front of a page. */
function isPerson(actor: Actor | null): boolean {
  return actor?.kind === 'person' && actor.account.type !== 'Bot'
}

function sameOrigin(request: Request, host: string): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  const origin = request.headers.get('origin')
  return origin === null ? site === 'same-origin' : hostOf(origin) === host
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}

async function hasCsrf(context: Context, expected: string): Promise<boolean> {
  const { csrf } = await context.req.parseBody()
  if (typeof csrf !== 'string' || csrf.length !== expected.length) return false
  return timingSafeEqual(Buffer.from(csrf), Buffer.from(expected))
}

function headers(context: Context): void {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  context.header('content-security-policy', policy.join('; '))
  context.header('x-content-type-options', 'nosniff')
  context.header('referrer-policy', 'same-origin')
  context.header('cache-control', 'no-store')
}
