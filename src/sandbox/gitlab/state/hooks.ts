import type { DeliveryResult } from '../../hooks/deliveries.ts'
import type { ProjectHook } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'
import { groupLine } from './groups.ts'

/** Kinds of events that a hook may want, and what a new one wants unless something is said. */
export const HOOK_EVENTS: Record<string, boolean> = {
  push_events: true,
  tag_push_events: false,
  merge_requests_events: false,
  issues_events: false,
  confidential_issues_events: false,
  note_events: false,
  confidential_note_events: false,
  pipeline_events: false,
  wiki_page_events: false,
  deployment_events: false,
  feature_flag_events: false,
  job_events: false,
  releases_events: false,
  milestone_events: false,
  emoji_events: false,
  resource_access_token_events: false,
}

/** After so many failures in a row a hook is switched off for a time. */
const TOLERATED = 4
/** After so many it is switched off until somebody acts. */
const PERMANENT = 40
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 24 * 3_600_000

export type HookWish = Partial<Omit<ProjectHook, 'id' | 'sourceId' | 'group' | 'createdAt'>>

/** Makes a hook of a project or (`group`) a group. */
export function createHook(
  model: Model,
  source: { id: number; group: boolean },
  wish: HookWish & { url: string },
): ProjectHook {
  const hook: ProjectHook = {
    id: model.nextId(),
    sourceId: source.id,
    group: source.group,
    name: null,
    description: null,
    branchFilter: null,
    sslVerification: true,
    token: null,
    signingToken: null,
    failures: 0,
    disabledUntil: null,
    disabled: false,
    createdAt: model.now(),
    ...wish,
    events: { ...HOOK_EVENTS, ...wish.events },
  }
  model.save(['projectHooks', hook])
  return hook
}

/** The hooks that hear of a project: its own, and those of the groups above it. */
export function hooksOf(model: Model, project: Repository): ProjectHook[] {
  const sources = [project.id, ...groupLine(model, project.owner)]
  return sources.flatMap((source) => model.tables.projectHooks.by(source))
}

/** https://docs.gitlab.com/api/project_webhooks/: `executable`, `temporarily_disabled`, `disabled`. */
export function alertStatus(hook: ProjectHook): 'executable' | 'temporarily_disabled' | 'disabled' {
  if (hook.disabled) return 'disabled'
  const paused = hook.disabledUntil !== null && Date.parse(hook.disabledUntil) > Date.now()
  return paused ? 'temporarily_disabled' : 'executable'
}

/**
 * What an answer means for a hook: success forgets the failures; the fourth failure in a row switches it off,
 * for a minute at first and twice as long each time. An answer of 4xx counts as 5xx does.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks
 */
export function countDelivery(model: Model, hookId: number, { statusCode }: DeliveryResult): void {
  const hook = model.tables.projectHooks.get(hookId)
  if (hook === undefined) return
  if (statusCode >= 200 && statusCode < 300) {
    if (hook.failures === 0 && hook.disabledUntil === null && !hook.disabled) return
    model.save(['projectHooks', { ...hook, failures: 0, disabledUntil: null, disabled: false }])
    return
  }
  const failures = hook.failures + 1
  const disabled = failures >= PERMANENT
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - TOLERATED), LONGEST_PAUSE_MS)
  const disabledUntil =
    failures < TOLERATED || disabled ? null : new Date(Date.now() + pause).toISOString().replace(/\.\d+/, '')
  model.save(['projectHooks', { ...hook, failures, disabled, disabledUntil }])
}
