import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TreeChange } from '../../src/sandbox/git/git-repository.ts'
import { fileAt, flatten, resolveCommit } from '../../src/sandbox/git/walk.ts'
import { createSandbox, listen, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import { commitOnBranch } from '../../src/sandbox/model/commits.ts'
import { install } from '../../src/sandbox/model/installations.ts'
import { createRepository } from '../../src/sandbox/model/repositories.ts'
import type { Actor, Installation, Repository } from '../../src/sandbox/model/types.ts'
import { GitClone } from './git-clone.ts'
import { judgeDelivery, withOracles } from './oracles/with-oracles.ts'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.ts'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** The app that the test sandbox knows. */
export const TEST_APP = {
  id: 4711,
  slug: 'supercargo',
  clientId: 'Iv1.supercargo',
  privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  webhookSecret: 'a secret of the tests, long enough for all',
}

/** The token of the sandbox's own person. */
export const TEST_TOKEN = 'sandbox-person-token'

export interface TestSandbox {
  sandbox: Sandbox
  model: Sandbox['model']
  /** Origin: `http://127.0.0.1:…`. */
  url: string
  /** Root of the REST API, as `baseUrl` of octokit. */
  api: string
  dataDir: string
  /** Collects the webhooks that the app gets. */
  hooks: WebhookReceiver
  /** The sandbox's own person. */
  you: Actor & { kind: 'person' }
  /** Makes a repository with first files on main, and (if need be) installs the app on its owner. */
  repository(
    path: string,
    files?: Record<string, string>,
    options?: { private?: boolean },
  ): Promise<Repository>
  installation(owner?: string): Installation
  /** Clones with real git, as the person. */
  clone(path: string): Promise<GitClone>
  /**
   * A request to the REST API, as the person unless `token` says otherwise (null = anonymous). The oracles
   * judge it, unless `wrong` says that GitHub's description does not allow it.
   */
  rest(
    method: string,
    path: string,
    body?: unknown,
    options?: { token?: string | null; headers?: Record<string, string>; wrong?: boolean },
  ): Promise<RestAnswer>
  /** A fresh installation token of the owner. */
  token(owner?: string, wish?: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

export interface RestAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any
}

/**
 * Starts a sandbox on a free port, in a directory of its own, with an app and a receiver for its webhooks.
 * @param options what is said replaces the defaults; `dataDir` keeps an old directory
 */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'supercargo-sandbox-')))
  const sandbox = await createSandbox({
    dataDir,
    token: TEST_TOKEN,
    log: (error) => console.error(error),
    ...options,
    app: {
      id: TEST_APP.id,
      slug: TEST_APP.slug,
      clientId: TEST_APP.clientId,
      key: TEST_APP.privateKey,
      ...options.app,
    },
  })
  const server = await listen(sandbox)
  // A test file whose hooks fail before this is closed must end all the same.
  server.unref()
  const hooks = await startReceiver(TEST_APP.webhookSecret, judgeDelivery)
  sandbox.setWebhook({ url: hooks.url, secret: TEST_APP.webhookSecret })
  const { model } = sandbox
  const you = { kind: 'person', account: model.you } as const
  const api = `${server.url}/sandbox/github/api/v3`
  const clones: GitClone[] = []
  const judged = withOracles()
  const rest: TestSandbox['rest'] = async (method, path, body, request = {}) => {
    const token = request.token === undefined ? TEST_TOKEN : request.token
    const send = request.wrong === true ? fetch : judged
    const response = await send(`${api}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  const installation = (owner = 'acme'): Installation => {
    const account = model.tables.accounts.by(owner)[0]
    const found = account === undefined ? undefined : model.tables.installations.by(account.id)[0]
    if (found === undefined) throw new Error(`The app is not installed on ${owner}.`)
    return found
  }
  return {
    sandbox,
    model,
    url: server.url,
    api,
    dataDir,
    hooks,
    you,
    rest,
    installation,
    repository: async (path, files = { 'README.md': `# ${path}\n` }, wish = {}) => {
      const [owner = '', name = ''] = path.split('/')
      const repository = await createRepository(model, { owner, name, ...wish })
      await commitFiles({ sandbox, you }, repository, 'main', files, 'First commit')
      if (model.tables.installations.by(repository.ownerId).length === 0) install(model, owner)
      return repository
    },
    clone: async (path) => {
      const url = new URL(`${server.url}/sandbox/github/${path}.git`)
      url.username = 'you'
      url.password = TEST_TOKEN
      const clone = await GitClone.open(url.href)
      clones.push(clone)
      return clone
    },
    token: async (owner = 'acme', wish = {}) => {
      const path = `/app/installations/${installation(owner).id}/access_tokens`
      const answer = await rest('POST', path, wish, { token: appJwt() })
      if (answer.status !== 201) throw new Error(`No token: ${JSON.stringify(answer.body)}`)
      return answer.body.token
    },
    close: async () => {
      sandbox.close()
      await server.close()
      await hooks.close()
      for (const clone of clones) await clone.remove()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Commits files on a branch (null removes) in the name of the person; returns the commit's id. */
export async function commitFiles(
  { sandbox, you }: { sandbox: Pick<Sandbox, 'model'>; you: TestSandbox['you'] },
  repository: Repository,
  branch: string,
  files: Record<string, string | null>,
  message = 'A change',
): Promise<string> {
  const git = sandbox.model.git(repository)
  const changes: TreeChange[] = []
  for (const [path, text] of Object.entries(files)) {
    const entry = text === null ? null : { mode: '100644', oid: await git.writeBlob(Buffer.from(text)) }
    changes.push({ path, entry })
  }
  return await commitOnBranch(sandbox.model, repository, you, {
    branch,
    expectedHead: null,
    message,
    changes,
    allowEmptyRepository: true,
  })
}

/** Head of a branch; null when there is none. */
export async function headOf(
  { model }: Pick<TestSandbox, 'model'>,
  repository: Repository,
  branch: string,
): Promise<string | null> {
  return (await model.git(repository).ref(`refs/heads/${branch}`))?.oid ?? null
}

/** Text of a file at a branch, tag or commit; null when there is none. */
export async function fileText(
  { model }: Pick<TestSandbox, 'model'>,
  repository: Repository,
  revision: string,
  path: string,
): Promise<string | null> {
  const git = model.git(repository)
  const oid = await resolveCommit(git, revision)
  return oid === null ? null : ((await fileAt(git, oid, path))?.toString() ?? null)
}

/** Every file of a branch, tag or commit by its path, as text. */
export async function treeTexts(
  { model }: Pick<TestSandbox, 'model'>,
  repository: Repository,
  revision: string,
): Promise<Record<string, string>> {
  const git = model.git(repository)
  const oid = await resolveCommit(git, revision)
  const commit = oid === null ? null : await git.commit(oid)
  if (commit === null) return {}
  const { entries } = await flatten(git, commit.tree, 100_000)
  const texts: Record<string, string> = {}
  for (const { path, type, oid: blob } of entries) {
    if (type === 'blob') texts[path] = (await git.blob(blob))?.toString() ?? ''
  }
  return texts
}

/** What `git fsck --strict` says about a repository; '' when all is well. */
export async function fsck({ model }: Pick<TestSandbox, 'model'>, repository: Repository): Promise<string> {
  const { code, stdout, stderr } = await model.git(repository).run(['fsck', '--strict', '--no-dangling'])
  return code === 0 ? '' : `${stdout.toString()}${stderr}`
}

/** The app's JWT, as GitHub wants it. */
export function appJwt(claims: Record<string, unknown> = {}, privateKey = TEST_APP.privateKey): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload = { iat: now - 30, exp: now + 300, iss: TEST_APP.id, ...claims }
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}`
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`
}
