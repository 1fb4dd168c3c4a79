import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { errorKind, SupercargoError } from '../domain/errors.ts'
import { type Budget, readBody } from './body.ts'
import { inTime } from './in-time.ts'
import type { Log } from './log.ts'
import { type Answer, json, respond } from './respond.ts'
import type { Route } from './server.ts'

/** A door for engines that ask which previews there are. */
export interface GeneratorDoor {
  /** Whether this is one of the operator's tokens, in constant time; undefined: none was sent. */
  admits(token: string | undefined): boolean
  /** All of them, or it throws. `app` null: the only one. */
  inputs(query: { source: string; app: string | null }): Promise<readonly object[]>
  log: Log
}

/** Requests name a repository and little else. */
const MAX_BYTES = 1024 * 1024

/** All requests together. */
const BUDGET = 16 * 1024 * 1024

/** Argo CD gives up after 30 s. */
const PATIENCE = 25_000

/** Those who ask have to change what they ask. */
const BAD_REQUEST = ['request-unreadable', 'source-missing', 'app-missing', 'repository-invalid']

/** What they ask for is not there. */
const NOT_FOUND = [
  'forge-unknown',
  'repository-not-found',
  'branch-not-found',
  'not-configured',
  'empty',
  'archived',
  'app-unknown',
  'no-previews',
]

/**
 * `POST /api/v1/getparams.execute` for Argo CD's plugin generator
 * (https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Plugin/), and
 * `GET /api/v1/previews?source=…&app=…` for Flux Operator's ExternalService
 * (https://fluxoperator.dev/docs/crd/resourcesetinputprovider/). Both delete what is not listed, so that what is not known is
 * never an empty list: 400, 404 and 409 for people to mend, 503 for what passes, 500 for a fault, each with `code` and
 * `message`. 401 without a token of the operator's, before anything is read.
 */
export function generatorRoutes(door: GeneratorDoor): Route[] {
  const budget: Budget = { left: BUDGET }
  return [
    {
      method: 'POST',
      path: '/api/v1/getparams.execute',
      async handle(request, response) {
        if (!admitted(door, request)) return respond(request, response, UNAUTHORIZED)
        const body = await readBody(request, response, MAX_BYTES, budget)
        if (body.kind === 'gone') return
        if (body.kind !== 'body') return respond(request, response, REFUSALS[body.kind])
        const listed = () => list(door, readParameters(body.bytes))
        const answer = await answered(door, listed, (inputs) => ({ output: { parameters: inputs } }))
        respond(request, response, answer)
      },
    },
    {
      method: 'GET',
      path: '/api/v1/previews',
      async handle(request, response) {
        if (!admitted(door, request)) return respond(request, response, UNAUTHORIZED)
        const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
        const listed = () => list(door, Object.fromEntries(searchParams))
        respond(request, response, await answered(door, listed, (inputs) => ({ inputs })))
      },
    },
  ]
}

const UNAUTHORIZED = refusal(
  401,
  'unauthorized',
  'Send one of the tokens of GENERATOR_TOKEN as "Authorization: Bearer".',
  { 'www-authenticate': 'Bearer' },
)

const REFUSALS: Record<'too-large' | 'busy', Answer> = {
  'too-large': refusal(413, 'too-large', 'The body is too large.'),
  busy: refusal(503, 'busy', 'Too much is asked at once; ask again later.', { 'retry-after': '5' }),
}

function admitted({ admits }: GeneratorDoor, { headers }: IncomingMessage): boolean {
  return admits(/^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1])
}

/** What Argo CD puts around the parameters of the ApplicationSet. */
function readParameters(body: Buffer): Record<string, unknown> {
  const parameters = field(field(parse(body), 'input'), 'parameters')
  if (typeof parameters === 'object' && parameters !== null) return { ...parameters }
  throw bad(
    'request-unreadable',
    'The body is not the request of a plugin generator: {"input":{"parameters":{…}}}.',
  )
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : null
}

function list({ inputs }: GeneratorDoor, given: Record<string, unknown>): Promise<readonly object[]> {
  const { source, app = '' } = given
  if (typeof source !== 'string' || source === '' || typeof app !== 'string') {
    throw bad(
      'source-missing',
      'Say with "source" which application repository, such as acme/web, and with "app" which app.',
    )
  }
  return inTime(inputs({ source, app: app === '' ? null : app }), PATIENCE, tooSlow)
}

async function answered(
  { log }: GeneratorDoor,
  listed: () => Promise<readonly object[]>,
  wrap: (inputs: readonly object[]) => object,
): Promise<Answer> {
  try {
    return json(200, wrap(await listed()))
  } catch (error) {
    const kind = errorKind(error)
    if (kind === 'bug') log.error({ err: error }, 'Previews could not be listed.')
    else log.warn({ err: error }, 'Previews could not be listed.')
    return told(error, kind)
  }
}

/** Only what is for people to mend is told in its own words. */
function told(error: unknown, kind: ReturnType<typeof errorKind>): Answer {
  if (!(error instanceof SupercargoError) || kind === 'bug') {
    return refusal(500, 'internal-error', 'The previews could not be listed; the log says why.')
  }
  const { code, message, advice, retryAt } = error
  if (kind === 'permanent') {
    const status = BAD_REQUEST.includes(code) ? 400 : NOT_FOUND.includes(code) ? 404 : 409
    return refusal(status, code, [message, advice].filter(Boolean).join(' '))
  }
  const seconds = retryAt === undefined ? 10 : Math.ceil((retryAt.getTime() - Date.now()) / 1000)
  return refusal(503, code, 'The forge could not tell which previews there are; ask again later.', {
    'retry-after': String(Math.min(Math.max(seconds, 1), 3600)),
  })
}

function refusal(status: number, code: string, message: string, headers: OutgoingHttpHeaders = {}): Answer {
  const answer = json(status, { code, message })
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

function tooSlow(): SupercargoError {
  return new SupercargoError('The forge has not answered.', { code: 'forge-slow', kind: 'transient' })
}

function bad(code: string, message: string): SupercargoError {
  return new SupercargoError(message, { code, kind: 'permanent' })
}
