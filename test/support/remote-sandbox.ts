import { GitClone } from './git-clone.ts'
import { type Program, startProgram } from './processes.ts'
import { appJwt, TEST_APP, TEST_TOKEN } from './sandbox.ts'
import type { SandboxArgument } from './sandbox-process.ts'
import { SERVER_SECRET } from './server-process.ts'

/** A sandbox in a process of its own, seen as the world sees it: through git and the REST API. */
export interface RemoteSandbox {
  /** Root of the REST API. */
  api: string
  program: Program
  cloneUrl(path: string): string
  clone(path: string): Promise<GitClone>
  /** A request as the sandbox's own person; throws for an answer that is not 2xx. */
  rest<T>(method: string, path: string, body?: unknown): Promise<T>
  /** Every item of a listing. */
  list<T>(path: string, key?: string): Promise<T[]>
  /** GUIDs of the webhooks that were answered with a 2xx, and the number of all that were sent. */
  deliveries(): Promise<{ acknowledged: string[]; sent: number }>
  stop(): Promise<void>
}

/** Starts it on a directory that `startSandbox` has filled, on a free port. */
export async function startRemoteSandbox(dataDir: string, webhookUrl: string): Promise<RemoteSandbox> {
  const { id, slug, clientId, privateKey: key } = TEST_APP
  const argument: SandboxArgument = {
    dataDir,
    token: TEST_TOKEN,
    app: { id, slug, clientId, key },
    webhook: { url: webhookUrl, secret: SERVER_SECRET },
  }
  const program = startProgram(new URL('./sandbox-process.ts', import.meta.url), argument)
  const origin = (await program.line('url ', 60_000)).slice('url '.length)
  const api = `${origin}/sandbox/github/api/v3`
  const cloneUrl = (path: string) => {
    const url = new URL(`${origin}/sandbox/github/${path}.git`)
    url.username = 'you'
    url.password = TEST_TOKEN
    return url.href
  }

  async function send(method: string, url: string, body?: unknown, token = TEST_TOKEN): Promise<Response> {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.ok) return response
    throw new Error(`${method} ${url} was answered with ${response.status}: ${await response.text()}`)
  }

  async function* pages(path: string, token?: string): AsyncGenerator<unknown> {
    const first = `${api}${path}${path.includes('?') ? '&' : '?'}per_page=100`
    for (let url: string | undefined = first; url !== undefined; ) {
      const response: Response = await send('GET', url, undefined, token)
      yield await response.json()
      url = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
    }
  }

  return {
    api,
    program,
    cloneUrl,
    clone: (path) => GitClone.open(cloneUrl(path)),
    async rest<T>(method: string, path: string, body?: unknown) {
      const text = await (await send(method, `${api}${path}`, body)).text()
      return (text === '' ? null : JSON.parse(text)) as T
    },
    async list<T>(path: string, key?: string) {
      const items: T[] = []
      for await (const page of pages(path)) {
        items.push(...((key === undefined ? page : (page as Record<string, unknown>)[key]) as T[]))
      }
      return items
    },
    async deliveries() {
      const attempts: { guid: string; status_code: number }[] = []
      for await (const page of pages('/app/hook/deliveries', appJwt())) {
        attempts.push(...(page as typeof attempts))
      }
      const good = attempts.filter(({ status_code }) => status_code >= 200 && status_code < 300)
      return { acknowledged: [...new Set(good.map(({ guid }) => guid))], sent: attempts.length }
    },
    stop: () => program.kill('SIGKILL'),
  }
}
