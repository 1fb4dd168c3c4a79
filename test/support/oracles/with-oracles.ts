import { gitlabOpenApiOracle } from './gitlab-openapi.ts'
import { judgeGraphql } from './graphql.ts'
import { type Exchange, type Judgement, newJudgement } from './judgement.ts'
import { openApiOracle } from './openapi.ts'
import { judgeWebhook } from './webhooks.ts'

/** Takes a request as `fetch` does. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What was found in this test file so far. */
export const fileJudgement: Judgement = newJudgement()

// At the exit and not in an `after` hook: a hook that throws keeps the hooks behind it from running, and with
// them whatever closes the servers, so that the file would never end.
process.once('exit', () => {
  // ORACLE_WARNINGS=1 prints the fields that GitHub would also have sent.
  if (process.env.ORACLE_WARNINGS) console.error([...fileJudgement.warnings].sort().join('\n'))
  const failures = [...new Set(fileJudgement.failures)]
  if (failures.length === 0) return
  console.error(`The oracles object:\n  ${failures.join('\n  ')}`)
  process.exitCode = 1
})

/**
 * A `fetch` whose traffic is judged by the forge's own descriptions: GitHub's REST below `/api/v3` or on
 * `api.github.com`, its GraphQL at `/graphql`, GitLab's REST below `/api/v4` where its description is at hand. It changes nothing that passes; what is wrong fails the test file at
 * its end, unless the findings are collected elsewhere. Works around a client (`new Octokit({ request: {
 * fetch } })`) and around a server's handler alike.
 */
export function withOracles(fetch: Fetch = globalThis.fetch, judgement: Judgement = fileJudgement): Fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const requestBody = await request.clone().text()
    const response = await fetch(request)
    const url = new URL(request.url)
    if (isGraphql(url) || restPath(url) !== null || gitlabPath(url) !== null) {
      const exchange: Exchange = {
        method: request.method.toUpperCase(),
        url,
        requestBody,
        status: response.status,
        responseType: (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
        responseBody: await response.clone().text(),
      }
      judgeExchange(exchange, judgement)
    }
    return response
  }
}

/** Judges one exchange with a forge or with something that poses as it; all else is ignored. */
export function judgeExchange(exchange: Exchange, judgement: Judgement = fileJudgement): void {
  const path = restPath(exchange.url)
  const gitlab = gitlabPath(exchange.url)
  if (isGraphql(exchange.url)) judgeGraphql(exchange, judgement)
  else if (path !== null) openApiOracle()?.judge(exchange, path, judgement)
  else if (gitlab !== null) gitlabOpenApiOracle()?.judge(exchange, gitlab, judgement)
}

/** Judges one webhook delivery; see `judgeWebhook`. */
export function judgeDelivery(event: string, payload: unknown, judgement: Judgement = fileJudgement): void {
  judgeWebhook(event, payload, judgement)
}

function isGraphql(url: URL): boolean {
  return /(^|\/api)\/graphql$/.test(url.pathname) && !url.pathname.includes('/gitlab/')
}

function restPath(url: URL): string | null {
  if (url.hostname === 'api.github.com') return url.pathname
  return /\/api\/v3(\/.*)$/.exec(url.pathname)?.[1] ?? null
}

function gitlabPath(url: URL): string | null {
  return /\/api\/v4\/.*$/.exec(url.pathname)?.[0] ?? null
}
