import { randomBytes } from 'node:crypto'
import {
  GITLAB_GROUP_HOOK_EVENTS,
  GITLAB_HOOK_EVENTS,
  type Hook,
  type HookAdministration,
  type HookPlace,
  type HookWish,
} from '../../compose.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { exactly, faultsOf, isDisabled } from './judge-hook.ts'

/** What is wanted of a run. */
export interface Wanted {
  groups: readonly string[]
  projects: readonly string[]
  /** Address of the webhook at the server. */
  url: string
  /** Those of the environment; the first one counts. */
  signingSecret: string | null
  webhookToken: string | null
  remove: boolean
  dryRun: boolean
  /** Give every webhook the secret, also where there is one that nobody can read. */
  rotate: boolean
}

/** What was done (or would be) at one place. */
export interface Done {
  place: HookPlace
  did: 'created' | 'repaired' | 'unchanged' | 'removed' | 'nothing to remove' | 'failed'
  /** A whole sentence, or ''. */
  why: string
}

/** The secret that the server needs, when it does not have it yet. */
export interface Secret {
  variable: 'SIGNING_SECRET' | 'WEBHOOK_TOKEN'
  value: string
}

/**
 * Makes the webhooks as they should be: one for each place, with exactly the events that are used, a secret, and
 * switched on. Doing it again changes nothing. A place that fails keeps nothing from the others.
 */
export async function setUp(
  administration: HookAdministration,
  wanted: Wanted,
): Promise<{ done: Done[]; secret: Secret | null }> {
  const purse = createPurse(wanted)
  const done: Done[] = []
  const places: HookPlace[] = wanted.projects.map((path) => ({ kind: 'project', path }))
  for (const path of wanted.groups) {
    const group: HookPlace = { kind: 'group', path }
    if ((await administration.list(group)) !== null) places.push(group)
    else {
      const projects = await administration.listProjects(path)
      done.push({
        place: group,
        did: projects.length === 0 ? 'failed' : 'unchanged',
        why: `The group has no webhooks here (they are a paid feature, and for owners), so ${projects.length} projects have their own.`,
      })
      places.push(...projects.map((each): HookPlace => ({ kind: 'project', path: each })))
    }
  }
  for (const place of places) {
    try {
      done.push({ place, ...(await setUpOne(administration, place, wanted, purse)) })
    } catch (error) {
      if (!(error instanceof SupercargoError)) throw error
      done.push({ place, did: 'failed', why: error.message })
    }
  }
  return { done, secret: purse.made() }
}

async function setUpOne(
  administration: HookAdministration,
  place: HookPlace,
  wanted: Wanted,
  purse: Purse,
): Promise<Pick<Done, 'did' | 'why'>> {
  const hooks = await administration.list(place)
  if (hooks === null) {
    const role = place.kind === 'group' ? 'an owner of the group' : 'a maintainer of the project'
    return { did: 'failed', why: `The token may not see the webhooks: its user must be ${role}.` }
  }
  const [hook = null, ...others] = hooks.filter(({ url }) => url === wanted.url)
  if (wanted.remove) {
    if (hook === null) return { did: 'nothing to remove', why: '' }
    if (!wanted.dryRun) for (const { id } of [hook, ...others]) await administration.remove(place, id)
    return { did: 'removed', why: '' }
  }
  const events = place.kind === 'group' ? GITLAB_GROUP_HOOK_EVENTS : GITLAB_HOOK_EVENTS
  const wish: HookWish = { url: wanted.url, name: 'Supercargo', events: exactly(hook, events) }
  if (hook === null) {
    if (!wanted.dryRun) await create(administration, place, wish, purse)
    return { did: 'created', why: '' }
  }
  const faults = [
    ...faultsOf(hook, events),
    ...(isDisabled(hook) ? ['was switched off after failures'] : []),
    ...(others.length === 0 ? [] : ['was there more than once']),
    ...(wanted.rotate ? ['had a secret that was to be changed'] : []),
  ]
  if (faults.length === 0) return { did: 'unchanged', why: '' }
  if (!wanted.dryRun) {
    for (const { id } of others) await administration.remove(place, id)
    await repair(administration, place, hook, wish, purse, wanted.rotate)
  }
  return { did: 'repaired', why: `It ${faults.join(', ')}.` }
}

async function repair(
  administration: HookAdministration,
  place: HookPlace,
  hook: Hook,
  wish: HookWish,
  purse: Purse,
  rotate: boolean,
): Promise<void> {
  const bare = hook.signing_token_present === false && hook.token_present === false
  const edited = bare || rotate ? null : await administration.edit(place, hook.id, wish)
  if (edited === null)
    await withSecret((secret) => administration.edit(place, hook.id, { ...wish, ...secret }), purse)
  if (!isDisabled(hook) || (await administration.test(place, hook.id))) return
  // One that cannot be tested now begins anew, without its failures.
  await create(administration, place, wish, purse)
  await administration.remove(place, hook.id)
}

async function create(
  administration: HookAdministration,
  place: HookPlace,
  wish: HookWish,
  purse: Purse,
): Promise<void> {
  let id: number | null = null
  await withSecret(async (secret) => {
    const hook =
      id === null
        ? await administration.create(place, { ...wish, ...secret })
        : await administration.edit(place, id, { ...wish, ...secret })
    id = hook.id
    return hook
  }, purse)
}

/** A signing secret where the instance knows it (19.0), else a token: it says so by what it shows afterwards. */
async function withSecret(
  write: (secret: Pick<HookWish, 'signingToken' | 'token'>) => Promise<Hook>,
  purse: Purse,
): Promise<void> {
  if (purse.signs) {
    const hook = await write({ signingToken: purse.signingSecret() })
    if (hook.signing_token_present === true) return
    purse.forgetSigning()
  }
  await write({ token: purse.webhookToken() })
}

/** The secrets of a run: those of the environment, and what is made when one is needed. */
interface Purse {
  readonly signs: boolean
  signingSecret(): string
  webhookToken(): string
  /** The instance does not know signing. */
  forgetSigning(): void
  /** What was made and used; null when nothing was. */
  made(): Secret | null
}

function createPurse({ signingSecret, webhookToken }: Wanted): Purse {
  let signs = true
  let newSecret: string | null = null
  let newToken: string | null = null
  return {
    get signs() {
      return signs
    },
    signingSecret() {
      if (signingSecret !== null) return signingSecret
      newSecret ??= `whsec_${randomBytes(32).toString('base64')}`
      return newSecret
    },
    webhookToken() {
      if (webhookToken !== null) return webhookToken
      newToken ??= randomBytes(32).toString('hex')
      return newToken
    },
    forgetSigning() {
      signs = false
      newSecret = null
    },
    made() {
      if (newSecret !== null) return { variable: 'SIGNING_SECRET', value: newSecret }
      return newToken === null ? null : { variable: 'WEBHOOK_TOKEN', value: newToken }
    },
  }
}
