import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Forge } from '../../../src/forge/forge.ts'
import { createGitHubForge } from '../../../src/forge/github/github-forge.ts'
import type { GitHubOptions } from '../../../src/forge/github/options.ts'

/** A request as it arrived. */
export interface Seen {
  method: string
  /** Below `/api/v3`, or `/graphql`; with its query. */
  path: string
  headers: IncomingHttpHeaders
  /** Parsed JSON; null when there was none. */
  body: Record<string, unknown> | null
  at: number
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  /** Written as JSON; a string as it is. */
  body?: unknown
  /** The connection is closed without an answer. */
  hangUp?: boolean
  /** No answer ever. */
  silent?: boolean
}

/** A server that answers what the test says, for the answers that no well-behaved forge gives. */
export interface Stub {
  origin: string
  apiUrl: string
  seen: Seen[]
  /** What arrived, without the requests for installations and tokens. */
  calls(): string[]
  /** Answers matching requests (`POST /graphql`); the newest rule counts. */
  on(what: string | RegExp, reply: Reply | ((seen: Seen) => Reply | Promise<Reply>)): void
}

export const PRIVATE_KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey

export const REPOSITORY = { forge: 'github', path: 'acme/manifests' }

/** Starts a stub that hands out installations and tokens by itself, and stops with the test. */
export async function startStub(t: TestContext): Promise<Stub> {
  const seen: Seen[] = []
  const rules: [string | RegExp, Reply | ((seen: Seen) => Reply | Promise<Reply>)][] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const path = (request.url ?? '').replace(/^\/api(?:\/v3)?/, '')
      const { method = '', headers } = request
      const one = { method, path, headers, body: text === '' ? null : JSON.parse(text), at: seen.length }
      seen.push(one)
      const rule = rules.findLast(([what]) =>
        typeof what === 'string' ? what === `${method} ${path}` : what.test(`${method} ${path}`),
      )?.[1]
      const reply = typeof rule === 'function' ? await rule(one) : (rule ?? { status: 404, body: {} })
      answer(response, reply)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stub: Stub = {
    origin,
    apiUrl: `${origin}/api/v3`,
    seen,
    calls: () =>
      seen
        .map(({ method, path }) => `${method} ${path}`)
        .filter((call) => !/\/installation$|\/access_tokens$/.test(call)),
    on: (what, reply) => rules.push([what, reply]),
  }
  let tokens = 0
  stub.on(/^GET \/repos\/[^/]+\/[^/]+\/installation$/, { body: { id: 7 } })
  stub.on(/^POST \/app\/installations\/\d+\/access_tokens$/, () => ({
    status: 201,
    body: { token: `ghs_${'secret'.repeat(5)}${++tokens}`, expires_at: new Date(Date.now() + 3_600_000) },
  }))
  return stub
}

/** An adapter with an app's credentials for the stub. */
export function forgeFor(stub: Stub, options: Partial<GitHubOptions> = {}): Forge {
  return createGitHubForge({
    id: 'github',
    apiUrl: stub.apiUrl,
    credentials: { appId: 1, privateKey: PRIVATE_KEY },
    log: SILENT,
    spacing: false,
    ...options,
  })
}

export const SILENT = { debug: () => undefined, warn: () => undefined }

/** An answer to `readRepository` of an empty repository. */
export const EMPTY_REPOSITORY: Reply = {
  body: {
    data: {
      viewer: { login: 'supercargo[bot]' },
      repository: {
        id: 'R_1',
        nameWithOwner: 'acme/manifests',
        url: 'https://ghe.example/acme/manifests',
        isPrivate: true,
        isArchived: false,
        mergeCommitAllowed: true,
        squashMergeAllowed: true,
        rebaseMergeAllowed: true,
        defaultBranchRef: null,
      },
    },
  },
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply.silent) return
  if (reply.hangUp) {
    response.destroy()
    return
  }
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {})
  const { status = 200 } = reply
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers })
  response.end(status === 304 || status === 204 ? undefined : text)
}
