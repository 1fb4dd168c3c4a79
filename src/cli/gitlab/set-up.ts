import { randomBytes } from 'node:crypto'
import {
  GITLAB_GROUP_HOOK_EVENTS,
  GITLAB_HOOK_EVENTS,
  type Hook,
  type HookAdministration,
  type HookPlace,
  type HookWish,
  isDisabled,
} from '../../compose.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { exactly, faultsOf, hasOtherSecret } from './judge-hook.ts'

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
    const projects = await orFailed(group, done, () => projectsInstead(administration, group))
    if (projects === null) places.push(group)
    else if (projects !== undefined) {
      done.push({ place: group, ...insteadOfGroup(projects.length) })
      places.push(...projects.map((each): HookPlace => ({ kind: 'project', path: each })))
    }
  }
  for (const place of unique(places)) {
    const one = await orFailed(place, done, () => setUpOne(administration, place, wanted, purse))
    if (one !== undefined) done.push({ place, ...one })
  }
  return { done, secret: purse.made() }
}

/** Undefined, and a line in `done`, where GitLab does not let it be done. */
async function orFailed<T>(place: HookPlace, done: Done[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    done.push({ place, did: 'failed', why: [error.message, error.advice].filter(Boolean).join(' ') })
    return undefined
  }
}

/** The projects of a group that can have no webhooks itself; null: it can. */
async function projectsInstead(
  administration: HookAdministration,
  group: HookPlace,
): Promise<string[] | null> {
  return (await administration.list(group)) === null ? await administration.listProjects(group.path) : null
}

function insteadOfGroup(projects: number): Pick<Done, 'did' | 'why'> {
  const why = 'The group can have no webhooks here: they are a paid feature, and only its owners see them.'
  if (projects === 0) return { did: 'failed', why: `${why} The token sees no project in it either.` }
  const own = projects === 1 ? '1 project has its own' : `${projects} projects have their own`
  return { did: 'unchanged', why: `${why} Instead, ${own}.` }
}

function unique(places: readonly HookPlace[]): HookPlace[] {
  return [...new Map(places.map((place) => [`${place.kind} ${place.path.toLowerCase()}`, place])).values()]
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
    ...(hasOtherSecret(hook, wanted) ? ['had a secret of the other kind'] : []),
    ...(others.length === 0 ? [] : ['was there more than once']),
    ...(wanted.rotate ? ['had a secret that was to be changed'] : []),
  ]
  if (faults.length === 0) return { did: 'unchanged', why: '' }
  if (!wanted.dryRun) {
    for (const { id } of others) await administration.remove(place, id)
    const renew = wanted.rotate || hasOtherSecret(hook, wanted)
    await repair(administration, place, hook, wish, purse, renew)
  }
  return { did: 'repaired', why: `It ${faults.join(', ')}.` }
}

async function repair(
  administration: HookAdministration,
  place: HookPlace,
  hook: Hook,
  wish: HookWish,
  purse: Purse,
  renew: boolean,
): Promise<void> {
  const bare = hook.signing_token_present === false && hook.token_present === false
  const edited = bare || renew ? null : await administration.edit(place, hook.id, wish)
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
  let signs = signingSecret !== null || webhookToken === null
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
