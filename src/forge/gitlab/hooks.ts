import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import { statusOf } from '../shared/answer.ts'
import { type Client, createClient, type Method } from './client.ts'
import type { GitLabOptions } from './options.ts'

/** Where a webhook is: it hears of a project, or of everything below a group. */
export interface HookPlace {
  kind: 'project' | 'group'
  /** Full path. */
  path: string
}

/** https://docs.gitlab.com/api/project_webhooks/#get-a-project-webhook */
const hookSchema = z.looseObject({
  id: z.number(),
  url: z.string(),
  enable_ssl_verification: z.boolean().optional(),
  alert_status: z.string().nullish(),
  disabled_until: z.string().nullish(),
  push_events_branch_filter: z.string().nullish(),
  /** Since 19.0, as is signing itself. */
  token_present: z.boolean().optional(),
  signing_token_present: z.boolean().optional(),
})

/** A webhook as GitLab shows it; its secrets are never shown. The events are among the other fields. */
export type Hook = z.infer<typeof hookSchema>

/** GitLab has stopped to send, for a time or until somebody acts. */
export function isDisabled({ alert_status }: Hook): boolean {
  return (alert_status ?? 'executable') !== 'executable'
}

/** What a webhook should be. A secret that is absent stays as it is. */
export interface HookWish {
  url: string
  name: string
  events: Readonly<Record<string, boolean>>
  /** `whsec_…`; instances before 19.0 ignore it. */
  signingToken?: string
  token?: string
}

/** One delivery in the history of a hook, which holds those of 7 days. */
export interface HookEvent {
  id: number
  /** HTTP status, or words such as `internal error`. */
  status: string
  /** Stays the same when it is sent again; null before 17.4. */
  key: string | null
}

/** What the token is and may do. */
export interface TokenFacts {
  username: string
  scopes: string[]
  /** A day; null: it does not expire. */
  expiresAt: string | null
}

/** Everything about webhooks of one instance. Every failure is a SupercargoError. */
export interface HookAdministration {
  readToken(): Promise<TokenFacts>
  /** Paths of the projects in a group and the groups below it, as far as they are served. */
  listProjects(group: string): Promise<string[]>
  /** Null where the token may not see them, or the instance has none of this kind. */
  list(place: HookPlace): Promise<Hook[] | null>
  create(place: HookPlace, wish: HookWish): Promise<Hook>
  edit(place: HookPlace, id: number, wish: HookWish): Promise<Hook>
  remove(place: HookPlace, id: number): Promise<void>
  /** Sends a test delivery, which switches a disabled hook on again when it is answered with 2xx. */
  test(place: HookPlace, id: number): Promise<boolean>
  /** The newest failed deliveries, at most 20; null where the instance does not tell. */
  listFailures(place: HookPlace, id: number): Promise<HookEvent[] | null>
  /** Sends a delivery again; false when it failed again or the limit of 5 a minute is reached. */
  resend(place: HookPlace, id: number, event: number): Promise<boolean>
}

const PER_PAGE = 100

/** https://docs.gitlab.com/api/project_webhooks/ and https://docs.gitlab.com/api/group_webhooks/ */
export function createHookAdministration(options: GitLabOptions): HookAdministration {
  const client = createClient(options)
  const at = ({ kind, path }: HookPlace, rest = '') => `${kind}s/${encodeURIComponent(path)}/hooks${rest}`
  const call = (place: HookPlace, method: Method, rest: string, body?: object) =>
    client.call(method, at(place, rest), place.path, body)
  return {
    readToken: () => readToken(client),
    async listProjects(group) {
      const path = `groups/${encodeURIComponent(group)}/projects?include_subgroups=true&archived=false&simple=true`
      const found = await allPages(client, path, group)
      return z
        .array(z.object({ path_with_namespace: z.string() }))
        .parse(found)
        .map((each) => each.path_with_namespace)
        .filter((each) => options.serves?.(each) !== false)
    },
    async list(place) {
      const found = await orNull(() => allPages(client, `${at(place)}?`, place.path))
      return found === null ? null : z.array(hookSchema).parse(found)
    },
    create: async (place, wish) => hookSchema.parse(await call(place, 'POST', '', bodyOf(wish))),
    edit: async (place, id, wish) => hookSchema.parse(await call(place, 'PUT', `/${id}`, bodyOf(wish))),
    async remove(place, id) {
      await call(place, 'DELETE', `/${id}`)
    },
    test: (place, id) => succeeds(() => call(place, 'POST', `/${id}/test/push_events`)),
    async listFailures(place, id) {
      const path = at(place, `/${id}/events?status=client_failure,server_failure&per_page=20`)
      const found = await orNull(() => client.call('GET', path, place.path))
      return found === null ? null : z.array(eventSchema).parse(found)
    },
    resend: (place, id, event) => succeeds(() => call(place, 'POST', `/${id}/events/${event}/resend`)),
  }
}

/** https://docs.gitlab.com/api/project_webhooks/#list-project-webhook-events */
const eventSchema = z
  .object({
    id: z.number(),
    response_status: z.union([z.string(), z.number()]).transform(String),
    request_headers: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform(({ id, response_status: status, request_headers }): HookEvent => {
    const [, key = null] =
      Object.entries(request_headers ?? {}).find(([name]) => name.toLowerCase() === 'idempotency-key') ?? []
    return { id, status, key: typeof key === 'string' ? key : null }
  })

async function readToken(client: Client): Promise<TokenFacts> {
  const { host } = new URL(client.addresses.web)
  const user = z.object({ username: z.string() }).parse(await client.call('GET', 'user', host))
  // https://docs.gitlab.com/api/personal_access_tokens/#self-inform: of tokens of every kind
  const token = z
    .object({ scopes: z.array(z.string()), expires_at: z.string().nullish() })
    .parse(await client.call('GET', 'personal_access_tokens/self', host))
  return { username: user.username, scopes: token.scopes, expiresAt: token.expires_at ?? null }
}

function bodyOf({ url, name, events, signingToken, token }: HookWish): object {
  return {
    url,
    name,
    ...events,
    push_events_branch_filter: '',
    enable_ssl_verification: true,
    ...(signingToken === undefined ? {} : { signing_token: signingToken }),
    ...(token === undefined ? {} : { token }),
  }
}

/** A short page is the last one. A page that cannot be read throws. */
async function allPages(client: Client, path: string, what: string): Promise<unknown[]> {
  const items: unknown[] = []
  for (let page = 1; ; page++) {
    const some = z
      .array(z.unknown())
      .parse(await client.call('GET', `${path}&per_page=${PER_PAGE}&page=${page}`, what))
    items.push(...some)
    if (some.length < PER_PAGE) return items
  }
}

/** Null where GitLab hides, forbids or does not have it. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof SupercargoError && [403, 404].includes(statusOf(error) ?? 0)) return null
    throw error
  }
}

/** False where GitLab answers that it did not work (422), or that it was asked too often (429). */
async function succeeds(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    if (error instanceof SupercargoError && [404, 422, 429].includes(statusOf(error) ?? 0)) return false
    throw error
  }
}
