import type { Logger } from 'pino'
import { SupercargoError } from '../domain/errors.ts'
import { hostMatches } from '../domain/host-glob.ts'
import type { PageAnswer, PageQuestion, Prober } from './probe.ts'

export interface ProberOptions {
  /** Patterns over hosts that may be asked, see `isHostGlob`; [] is none. */
  hosts: readonly string[]
  log: Logger
  /** Milliseconds for one page with all its redirects. */
  timeout?: number
}

const TIMEOUT = 5_000
const MAX_REDIRECTS = 4
/** So much of an answer is searched for the text that is expected. */
const MAX_BYTES = 256 * 1024
/** Pages that are asked at the same time. */
const TOGETHER = 50

/**
 * Asks with GET, without credentials and cookies. A redirect is followed on the same host only, and never from https to
 * http.
 */
export function createProber({ hosts, log, timeout = TIMEOUT }: ProberOptions): Prober {
  let told = false
  const inTurn = limit(TOGETHER)
  return {
    async ask(question) {
      const url = new URL(question.url)
      if (!isAllowed(url, hosts)) {
        const error = hostDenied(url)
        log[told ? 'debug' : 'warn']({ code: error.code }, `${error.message} ${error.advice}`)
        told = true
        throw error
      }
      return await inTurn(async () => await ask(url, question, hosts, timeout))
    },
  }
}

async function ask(
  url: URL,
  { status, expect }: PageQuestion,
  hosts: readonly string[],
  timeout: number,
): Promise<PageAnswer> {
  const signal = AbortSignal.timeout(timeout)
  try {
    let page = url
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const answer = await fetch(page, {
        redirect: 'manual',
        headers: { accept: '*/*', 'user-agent': 'supercargo' },
        signal,
      })
      if (status.includes(answer.status)) return await searched(answer, expect)
      await answer.body?.cancel()
      const next = redirectOf(answer, page)
      if (next === null) return silent(`It answers ${answer.status}.`)
      if (next.hostname !== url.hostname || !isAllowed(next, hosts) || isWorse(page, next))
        return silent(`It answers ${answer.status} and leads to ${next.origin}, which is not followed.`)
      page = next
    }
    return silent('It leads from one address to the next without end.')
  } catch (error) {
    return silent(signal.aborted ? 'It does not answer in time.' : `It cannot be reached (${codeOf(error)}).`)
  }
}

async function searched(answer: Response, expect: string | null): Promise<PageAnswer> {
  if (expect === null) {
    await answer.body?.cancel()
    return { answers: true }
  }
  const chunks: Uint8Array[] = []
  let size = 0
  // leaving the loop cancels what was not read
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= MAX_BYTES) break
  }
  const text = Buffer.concat(chunks).subarray(0, MAX_BYTES).toString()
  return text.includes(expect)
    ? { answers: true }
    : silent(`It answers ${answer.status}, but not yet with "${expect}".`)
}

function redirectOf({ status, headers }: Response, page: URL): URL | null {
  const location = headers.get('location')
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return null
  return URL.canParse(location, page.href) ? new URL(location, page) : null
}

function isAllowed(url: URL, hosts: readonly string[]): boolean {
  const web = url.protocol === 'https:' || url.protocol === 'http:'
  return web && url.username === '' && url.password === '' && hosts.some((glob) => hostMatches(glob, url))
}

function isWorse(from: URL, to: URL): boolean {
  return from.protocol === 'https:' && to.protocol !== 'https:'
}

function silent(message: string): PageAnswer {
  return { answers: false, message }
}

/** What the system or TLS calls it, such as ENOTFOUND or CERT_HAS_EXPIRED. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'no connection'
}

function hostDenied({ host }: URL): SupercargoError {
  return new SupercargoError(
    `Nobody looks whether it answers, because this Supercargo may not ask ${host}.`,
    {
      code: 'preview-host-denied',
      kind: 'permanent',
      advice: 'Its operator can allow the host with PREVIEW_HOSTS.',
    },
  )
}

/** Lets no more than `most` run at once; the others wait in line. */
function limit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => void waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
