import type { Logger } from 'pino'
import type { ForgeId } from '../domain/repository.ts'
import { parseRepository } from '../domain/repository.ts'
import { type Hook, type HookAdministration, type HookPlace, isDisabled } from '../forge/gitlab/hooks.ts'
import type { ForgeHealth } from '../web/health.ts'

/** Between two looks at all webhooks of an instance, in milliseconds. */
const INTERVAL = 10 * 60_000

/** GitLab sends so many deliveries of one hook again in a minute. */
const RESENDS = 5

/**
 * Looks whether GitLab still sends webhooks, as far as the token may see them (maintainers see those of projects,
 * owners those of groups), and lets it send again what failed. Where it may not, the sweep finds everything.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks
 */
export interface HookWatch {
  /** Never throws; one look at a time, and none before the interval is over. */
  look(keys: readonly string[]): Promise<void>
  health(): ForgeHealth
  stop(): void
}

export interface HookWatchParts {
  forge: ForgeId
  administration: Pick<HookAdministration, 'list' | 'listFailures' | 'resend'>
  /** Paths at this server, by which its own webhooks are known. */
  paths: readonly string[]
  log: Logger
  now(): Date
}

export function createHookWatch({ forge, administration, paths, log, now }: HookWatchParts): HookWatch {
  /** Places whose webhooks the token may not see. */
  const hidden = new Set<string>()
  /** Deliveries that were sent again; GitLab keeps the failed ones in its history. */
  const resent = new Set<string>()
  let seen = 0
  let disabled = new Map<string, Hook>()
  let lastLook = Number.NEGATIVE_INFINITY
  let looked = false
  let stopped = false

  async function lookAt(place: HookPlace, found: Map<string, Hook>): Promise<void> {
    const hooks = await administration.list(place)
    if (hooks === null) return void hidden.add(nameOf(place))
    for (const hook of hooks.filter(({ url }) => isOurs(url, paths))) {
      seen++
      if (isDisabled(hook)) found.set(nameOf(place), hook)
      await sendAgain(place, hook)
    }
  }

  async function sendAgain(place: HookPlace, { id }: Hook): Promise<void> {
    const failures = (await administration.listFailures(place, id)) ?? []
    const lost = failures.filter((event) => !resent.has(event.key ?? `${id}/${event.id}`)).slice(0, RESENDS)
    for (const event of lost) {
      if (stopped) return
      const sent = await administration.resend(place, id, event.id)
      if (sent) resent.add(event.key ?? `${id}/${event.id}`)
      const fields = { forge, place: place.path, status: event.status }
      log.info(fields, sent ? 'A lost webhook was sent again.' : 'A lost webhook could not be sent again.')
      if (!sent) return
    }
  }

  return {
    async look(keys) {
      if (stopped || now().getTime() - lastLook < INTERVAL) return
      lastLook = now().getTime()
      const found = new Map<string, Hook>()
      seen = 0
      for (const place of placesOf(forge, keys)) {
        if (stopped) return
        if (hidden.has(nameOf(place))) continue
        try {
          await lookAt(place, found)
        } catch (error) {
          log.warn({ err: error, forge, place: place.path }, 'The webhooks could not be looked at.')
          return
        }
      }
      for (const [name, { alert_status, disabled_until }] of found) {
        if (!disabled.has(name)) {
          const fields = { forge, place: name, status: alert_status, until: disabled_until }
          log.warn(
            fields,
            `GitLab has switched off the webhook of the ${name}; "supercargo gitlab setup" switches it on again.`,
          )
        }
      }
      disabled = found
      looked = true
    },
    health() {
      if (disabled.size > 0) {
        const message = `${counted(disabled.size)} switched off by GitLab; the log says which.`
        return { forge, ok: false, message }
      }
      if (seen > 0) return { forge, ok: true, message: `${counted(seen)} switched on.` }
      const message =
        hidden.size > 0
          ? 'The token may not see whether its webhooks are switched on; the sweep finds what they lose.'
          : 'None of its webhooks leads here.'
      return { forge, ok: true, message: looked ? message : 'Its webhooks have not been looked at yet.' }
    },
    stop() {
      stopped = true
    },
  }
}

/** The projects, and every group above them: each may have webhooks of its own. */
function placesOf(forge: ForgeId, keys: readonly string[]): HookPlace[] {
  const projects = keys
    .map((key) => parseRepository(key, forge))
    .filter((repository) => repository.forge === forge)
    .map(({ path }) => path)
  const groups = projects.flatMap((path) => {
    const parts = path.split('/').slice(0, -1)
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  })
  return [
    ...[...new Set(groups)].map((path): HookPlace => ({ kind: 'group', path })),
    ...projects.map((path): HookPlace => ({ kind: 'project', path })),
  ]
}

function isOurs(url: string, paths: readonly string[]): boolean {
  const { pathname = '' } = URL.parse(url) ?? {}
  return paths.some((path) => pathname.endsWith(path))
}

function counted(webhooks: number): string {
  return webhooks === 1 ? '1 webhook is' : `${webhooks} webhooks are`
}

function nameOf({ kind, path }: HookPlace): string {
  return `${kind} ${path}`
}
