import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { install } from '../../src/sandbox/model/installations.ts'
import { createRepository } from '../../src/sandbox/model/repositories.ts'
import type { PullRequest, Repository } from '../../src/sandbox/model/types.ts'
import { git, pushFiles } from './git.ts'

const OWNER = 'acme'
const TOKEN = 'sandbox-person-token'

/** The app that bench forges know; its webhook secret is long enough for the server. */
export const APP = {
  id: 4711,
  privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
  webhookSecret: randomBytes(32).toString('hex'),
}

/** The sandbox on a free port, with every request and every byte counted. */
export interface BenchForge {
  sandbox: Sandbox
  /** REST root, as `GITHUB_API_URL`. */
  api: string
  /** A person's. */
  token: string
  /** Makes `acme/<name>` with these files in one commit on main, and installs the app. */
  repository(name: string, files: ReadonlyMap<string, string>): Promise<Repository>
  /** The commit at main. */
  head(repository: Repository): Promise<string>
  /** With a person's password in it. */
  gitUrl(repository: Repository): string
  openPulls(repository: Repository): PullRequest[]
  /** A request of the person's. */
  rest(method: string, path: string, body?: unknown): Promise<unknown>
  /** Text of a file at a branch. Throws when there is none. */
  fileText(repository: Repository, branch: string, path: string): Promise<string>
  /** Requests that have come until now, those of git included. */
  requests(): number
  /** Bytes that every connection until now has sent to clients, headers included. */
  bytesSent(): number
  close(): Promise<void>
}

/** @param directory where its data is; by default among the temporary files */
export async function startForge(directory = tmpdir()): Promise<BenchForge> {
  const dataDir = mkdtempSync(join(directory, 'supercargo-bench-forge-'))
  const sandbox = await createSandbox({
    dataDir,
    token: TOKEN,
    app: { id: APP.id, slug: 'supercargo', key: APP.privateKey },
    searchPath: process.env.PATH ?? '',
    log: (error) => console.error(error),
  })
  const server = createServer(sandbox.handler)
  const open = new Set<Socket>()
  let sentByClosed = 0
  let requests = 0
  server.on('request', () => requests++)
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => {
      open.delete(socket)
      sentByClosed += socket.bytesWritten
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  sandbox.setBaseUrl(origin)
  const { model } = sandbox
  const api = `${origin}/sandbox/github/api/v3`
  const gitUrl = ({ owner, name }: Repository) =>
    `${origin.replace('//', `//you:${TOKEN}@`)}/sandbox/github/${owner}/${name}.git`
  return {
    sandbox,
    api,
    token: TOKEN,
    gitUrl,
    async repository(name, files) {
      const repository = await createRepository(model, { owner: OWNER, name })
      if (model.tables.installations.by(repository.ownerId).length === 0) install(model, OWNER)
      await pushFiles(files, gitUrl(repository))
      return repository
    },
    head: async (repository) => {
      const oid = (await model.git(repository).ref('refs/heads/main'))?.oid
      if (oid === undefined) throw new Error(`${repository.name} has no branch main.`)
      return oid
    },
    openPulls: ({ id }) => model.tables.pulls.by(id).filter(({ state }) => state === 'open'),
    async rest(method, path, body) {
      const response = await fetch(api + path, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
    fileText: (repository, branch, path) =>
      git(model.git(repository).directory, ['show', `${branch}:${path}`]),
    requests: () => requests,
    bytesSent: () => [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, sentByClosed),
    async close() {
      sandbox.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
