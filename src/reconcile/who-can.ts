import type { Need } from '../command/command.ts'
import { COMMANDS } from '../command/registry.ts'
import type { Who } from '../config/model.ts'
import { SupercargoError } from '../domain/errors.ts'
import { nearest } from '../domain/nearest.ts'
import type { RepositoryId } from '../domain/repository.ts'
import type { Reason } from '../plan/action.ts'
import { environmentsNamed, noSuchEnvironment, promotersOf } from '../plan/environments/promoters-of.ts'
import type { World } from '../plan/world.ts'
import { allows } from './commands/permission.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import type { Reading } from './read-world.ts'
import { reasonOf } from './reason-of.ts'

export interface WhoCanQuestion {
  verb: string
  environment: string | null
  app: string | undefined
}

/** Who may give a command. */
export interface WhoCan {
  verb: string
  needs: Need
  /** What it takes in the application repository. */
  source: string
  /** One for each environment that is meant; [] where the command needs no word of a policy. */
  targets: TargetPeople[]
}

export interface TargetPeople {
  /** `web/production` */
  target: string
  manifests: string
  people: People[]
  /** Why nobody may; null where somebody may. */
  reason: Reason | null
}

/** Somebody whom the policy names. */
export interface People {
  /** `user:alice`, `team:acme/sre`, `role:maintain`; with its forge where it is another one than the manifests'. */
  as: string
  /** Logins who may; null where they cannot be listed. */
  may: string[] | null
  /** Logins who lack write access to the application repository. */
  lack: string[]
  /** What else there is to know: one whole sentence, or null. */
  note: string | null
}

type Parts = Pick<Dependencies, 'forges'>

/**
 * Who may give a command of the registry, by the configuration and the policy as they are now.
 * @throws SupercargoError `verb-unknown`, `environment-missing`, `environment-unknown`
 */
export async function whoCan(
  { world }: Extract<Reading, { kind: 'planned' }>,
  { verb, environment, app }: WhoCanQuestion,
  parts: Parts,
): Promise<WhoCan> {
  const entry = COMMANDS.find((each) => each.verb === verb.toLowerCase())
  if (entry === undefined) {
    const meant = nearest(
      verb,
      COMMANDS.map((each) => each.verb),
    )
    throw wrong('verb-unknown', `There is no command "${verb}".`, meant && `Did you mean "${meant}"?`)
  }
  const answer = { verb: entry.verb, needs: entry.needs, source: world.source.repository.path }
  if (entry.needs !== 'promote') return { ...answer, targets: [] }
  if (environment === null)
    throw wrong('environment-missing', `"${verb}" is said of an environment.`, 'Name it.')
  const places = environmentsNamed(world, environment, app)
  if (places.length === 0) {
    const { code, message } = noSuchEnvironment(world, environment)
    throw wrong(code, message, null)
  }
  const targets = places.map(async (place): Promise<TargetPeople> => {
    const named = promotersOf(world, place)
    const { manifests } = place.environment
    const people = await Promise.all((named.who ?? []).map((who) => peopleOf(who, manifests, world, parts)))
    const nobody = people.every(({ may }) => may?.length === 0)
    const why: Reason | null =
      named.who === null ? named.reason : nobody ? { code: 'nobody', message: NOBODY } : null
    return { target: `${place.app.name}/${environment}`, manifests: manifests.path, people, reason: why }
  })
  return { ...answer, targets: await Promise.all(targets) }
}

const NOBODY = 'The policy names people, and none of them may write the application repository.'

async function peopleOf(
  who: Who,
  manifests: RepositoryId,
  { source: { repository } }: World,
  { forges }: Parts,
): Promise<People> {
  const here = who.kind === 'role' ? manifests.forge : who.forge
  const other = here === manifests.forge ? '' : `${here}:`
  const none = { may: [], lack: [] }
  const elsewhere = `It counts for nothing here: the commands come from ${repository.forge}.`
  if (who.kind === 'role') {
    const as = `role:${who.role}`
    if (here !== repository.forge) return { as, ...none, note: elsewhere }
    const note = `Everybody with the role ${who.role} or a higher one in ${manifests.path}, who may also write ${repository.path}.`
    return { as, may: null, lack: [], note }
  }
  const as = who.kind === 'user' ? `user:${other}${who.login}` : `team:${other}${who.path}`
  if (here !== repository.forge) return { as, ...none, note: elsewhere }
  try {
    const forge = forgeOf(forges, repository)
    const members =
      who.kind === 'user'
        ? { complete: true, items: [who.login] }
        : await forge.readMembers(manifests.forge === here ? manifests : repository, who.path)
    if (members === null) return { as, ...none, note: 'There is no such team, or it cannot be seen.' }
    const access = await Promise.all(members.items.map((login) => forge.readAccess(repository, login)))
    const isAllowed = (_: string, index: number) => allows(access[index] ?? 'none', 'promote')
    return {
      as,
      may: members.items.filter(isAllowed),
      lack: members.items.filter((login, index) => !isAllowed(login, index)),
      note: members.complete ? null : 'There are more members than these.',
    }
  } catch (error) {
    if (!(error instanceof SupercargoError) || error.kind !== 'permanent') throw error
    return { as, ...none, note: reasonOf(error).message }
  }
}

function wrong(code: string, message: string, advice: string | null): SupercargoError {
  return new SupercargoError(message, { code, kind: 'permanent', ...(advice === null ? {} : { advice }) })
}
