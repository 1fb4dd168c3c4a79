import type { DeliveryItem } from '../../hooks/deliveries.ts'
import type { ProjectHook } from '../../model/gitlab-types.ts'
import type { Repository } from '../../model/types.ts'
import { alertStatus, createHook, HOOK_EVENTS, type HookWish } from '../state/hooks.ts'
import { outgoing } from '../webhooks/courier.ts'
import { samplePayload } from '../webhooks/sample.ts'
import { groupRoute } from './group-routes.ts'
import { optionalBoolean, optionalText, optionalTexts, type Params, requireText } from './input.ts'
import { paginate } from './page.ts'
import { projectsBelow } from './project-routes.ts'
import { badParameter, json, notFound, type Reply, refuse } from './reply.ts'
import type { KnownRequest, Method, Router } from './router.ts'

/** The project or group that hooks belong to. */
interface Source {
  id: number
  group: boolean
  /** Whose things a test delivery shows. */
  project: Repository | null
}

/** https://docs.gitlab.com/api/project_webhooks/ https://docs.gitlab.com/api/group_webhooks/ */
export function addHookRoutes(router: Router): void {
  type Handler = (request: KnownRequest, source: Source) => Promise<Reply> | Reply
  const both = (method: Method, path: string, handler: Handler): void => {
    router.project(method, path, 40, (request) => {
      const { project } = request
      return handler(request, { id: project.id, group: false, project })
    })
    groupRoute(router, method, path, 50, (request) => {
      const [project = null] = projectsBelow(request, request.group.login, true)
      return handler(request, { id: request.group.id, group: true, project })
    })
  }
  both('get', '/hooks', (request, { id }) =>
    paginate(request, request.model.tables.projectHooks.by(id), hookJson),
  )
  both('post', '/hooks', ({ model, params }, source) => {
    const url = checkedUrl(requireText(params, 'url'))
    return json(hookJson(createHook(model, source, { ...readWish(params, {}), url })), 201)
  })
  both('get', '/hooks/:hook', (request, source) => json(hookJson(hookOf(request, source))))
  both('put', '/hooks/:hook', change)
  both('delete', '/hooks/:hook', (request, source) => {
    request.model.save(['projectHooks', hookOf(request, source).id, null])
    return { status: 204 }
  })
  both('get', '/hooks/:hook/events', listEvents)
  both('post', '/hooks/:hook/events/:event/resend', resend)
  both('post', '/hooks/:hook/test/:trigger', test)
}

/** Only groups have them. */
const GROUP_EVENTS = { project_events: false, subgroup_events: false, member_events: false }

function hookOf({ model, number }: KnownRequest, source: Source): ProjectHook {
  const hook = model.tables.projectHooks.get(number('hook'))
  if (hook === undefined || hook.sourceId !== source.id) throw notFound()
  return hook
}

function hookJson(hook: ProjectHook): Record<string, unknown> {
  return {
    id: hook.id,
    url: hook.url,
    name: hook.name,
    description: hook.description,
    created_at: hook.createdAt,
    ...(hook.group ? GROUP_EVENTS : {}),
    ...hook.events,
    repository_update_events: false,
    enable_ssl_verification: hook.sslVerification,
    alert_status: alertStatus(hook),
    disabled_until: hook.disabledUntil,
    url_variables: [],
    push_events_branch_filter: hook.branchFilter,
    branch_filter_strategy: 'wildcard',
    custom_webhook_template: null,
    custom_headers: [],
    token_present: hook.token !== null,
    signing_token_present: hook.signingToken !== null,
    ...(hook.group ? { group_id: hook.sourceId } : { project_id: hook.sourceId }),
  }
}

function readWish(params: Params, known: Record<string, boolean>): HookWish {
  const events = Object.keys({ ...HOOK_EVENTS, ...GROUP_EVENTS }).flatMap((name): [string, boolean][] => {
    const value = optionalBoolean(params, name)
    return value === undefined ? [] : [[name, value]]
  })
  const signingToken = optionalText(params, 'signing_token')
  if (signingToken !== undefined && !/^whsec_[\w+/=-]{32,}$/.test(signingToken)) {
    throw refuse(422, { signing_token: ['must be in the format whsec_<base64>, of 32 bytes'] })
  }
  const text = (key: string): string | undefined => optionalText(params, key)
  const ssl = optionalBoolean(params, 'enable_ssl_verification')
  return {
    events: { ...known, ...Object.fromEntries(events) },
    ...(text('name') === undefined ? {} : { name: text('name') ?? null }),
    ...(text('description') === undefined ? {} : { description: text('description') ?? null }),
    ...(text('push_events_branch_filter') === undefined
      ? {}
      : { branchFilter: text('push_events_branch_filter') || null }),
    ...(ssl === undefined ? {} : { sslVerification: ssl }),
    ...(text('token') === undefined ? {} : { token: text('token') || null }),
    ...(signingToken === undefined ? {} : { signingToken }),
  }
}

function checkedUrl(url: string): string {
  if (!/^https?:\/\/[^\s/]+/.test(url)) throw refuse(422, 'Invalid url given')
  return url
}

/** A hook that was switched off by failures works again when its address is changed. */
function change(request: KnownRequest, source: Source): Reply {
  const { model, params } = request
  const known = hookOf(request, source)
  const url = checkedUrl(optionalText(params, 'url') ?? known.url)
  const moved = url === known.url ? {} : { failures: 0, disabledUntil: null, disabled: false }
  const next: ProjectHook = { ...known, ...readWish(params, known.events), ...moved, url } as ProjectHook
  model.save(['projectHooks', next])
  return json(hookJson(next))
}

function listEvents(request: KnownRequest, source: Source): Promise<Reply> {
  const hook = hookOf(request, source)
  const wanted = optionalTexts(request.params, 'status')
  const shown = request.dispatcher.list(hook.id).filter(({ status_code }) => matches(status_code, wanted))
  return paginate(request, shown, (item) => eventJson(request, hook, item))
}

/** `200`, `404`, or `successful`, `client_failure`, `server_failure`. */
function matches(code: number, wanted: string[] | undefined): boolean {
  const family = code < 400 ? 'successful' : code < 500 ? 'client_failure' : 'server_failure'
  return wanted === undefined || wanted.includes(family) || wanted.includes(String(code))
}

function eventJson(
  { dispatcher }: KnownRequest,
  hook: ProjectHook,
  item: DeliveryItem,
): Record<string, unknown> {
  const { request } = (dispatcher.get(item.id) ?? {}) as {
    request?: { headers: Record<string, string>; payload: unknown }
  }
  const { 'x-gitlab-token': token, ...headers } = request?.headers ?? {}
  return {
    id: item.id,
    url: hook.url,
    trigger: item.action?.replace(/_events$/, '_hooks').replace('push_hooks', 'push_hooks'),
    request_headers: token === undefined ? headers : { ...headers, 'x-gitlab-token': '[REDACTED]' },
    request_data: request?.payload ?? {},
    response_headers: {},
    response_body: '',
    execution_duration: item.duration,
    response_status: item.status_code === 0 ? 'internal error' : String(item.status_code),
  }
}

async function resend(request: KnownRequest, source: Source): Promise<Reply> {
  const hook = hookOf(request, source)
  const { dispatcher, number } = request
  const event = dispatcher.list(hook.id).find(({ id }) => id === number('event'))
  if (event === undefined) throw notFound()
  dispatcher.redeliver(event.id)
  await dispatcher.idle()
  const [again] = dispatcher.list(hook.id)
  return json({ response_status: again?.status_code ?? 0 }, 201)
}

async function test(request: KnownRequest, source: Source): Promise<Reply> {
  const hook = hookOf(request, source)
  const { model, dispatcher, actor, param } = request
  const trigger = param('trigger')
  if (!(trigger in HOOK_EVENTS)) throw badParameter('trigger does not have a valid value')
  if (source.project === null) throw refuse(422, 'Ensure the group has a project with commits.')
  const part = await samplePayload(model, source.project, actor.account, trigger)
  if (part === null) throw refuse(422, `Ensure the project has something to show for ${trigger}.`)
  const sent = await dispatcher.send(outgoing(hook, part, source.project))
  const code = sent?.status_code ?? 0
  if (code < 200 || code >= 300) throw refuse(422, `Hook executed but returned HTTP ${code}`)
  return json({ message: '201 Created' }, 201)
}
