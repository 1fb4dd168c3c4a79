import type { App, Environment, Policy, Who } from '../../config/model.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { type RepositoryId, repositoryKey } from '../../domain/repository.ts'
import type { Reason } from '../../plan/action.ts'
import {
  type EnvironmentPlace,
  environmentsNamed,
  noSuchEnvironment,
  promotersOf,
} from '../../plan/environments/promoters-of.ts'
import { type ManifestWorld, manifestsOf, type ReadableManifests, type World } from '../../plan/world.ts'
import { forgeOf } from '../dependencies.ts'
import { reasonOf } from '../reason-of.ts'
import type { CommandDependencies, Order } from './dependencies.ts'
import { mustHide } from './hidden.ts'
import { allows, isAtLeast } from './permission.ts'

/** The environment that a person may steer. */
export interface Permit {
  app: App
  environment: Environment
  manifests: ManifestWorld & ReadableManifests
  policy: Policy | null
  /** What the manifests hold must not be told in the answer: not all of its readers may know it. */
  secret: boolean
}

/** A reason that may speak of the manifests, as far as everybody who reads the answer may know it. */
export function tellable({ secret }: Permit, { code, message }: Reason): Reason {
  return secret
    ? { code, message: 'Why is not told here: not everybody who reads this may know the manifests.' }
    : { code, message }
}

export type Permission = { permit: Permit; reason: null } | { permit: null; reason: Reason }

/**
 * Whether the author of a command of kind `promote` may give it for an environment: by the access to the application
 * repository, and by what the policy of the manifest repository says (requirement 10). To whoever may not read the
 * manifests every refusal reads the same, also that of an environment that does not exist (requirement 13).
 * @throws SupercargoError (transient) while a forge does not say who belongs to a team, or has a role
 */
export async function permitOf(
  order: Order,
  world: World,
  dependencies: CommandDependencies,
): Promise<Permission> {
  const { command, login, access, repository } = order
  const { environment: name = '' } = command.arguments
  const refused = (code: string, message: string): Permission => ({ permit: null, reason: { code, message } })
  if (!allows(access, 'promote')) {
    return refused(
      'not-permitted',
      `${login} needs write access to ${repository.path} for "${command.verb}".`,
    )
  }
  const found = environmentsNamed(world, name, command.options.app)
  const verdicts = await Promise.all(found.map((place) => judge(order, world, place, dependencies)))
  const permits = verdicts.flatMap(({ permit }) => permit ?? [])
  const [permit, another] = permits
  if (permit !== undefined && another === undefined && found.length === 1) return { permit, reason: null }
  if (permit !== undefined) {
    const apps = found.map(({ app }) => `app=${app.name}`).join(' or ')
    return refused('environment-ambiguous', `Several apps have an environment "${name}": write ${apps}.`)
  }
  const told = verdicts.flatMap((verdict) => (verdict.permit === null ? (verdict.told ?? []) : []))
  if (told[0] !== undefined) return { permit: null, reason: told[0] }
  if (found.length === 0 && !(await hidesAny(order, world, dependencies))) {
    return { permit: null, reason: noSuchEnvironment(world, name) }
  }
  return refused(
    'not-permitted',
    `${login} may not give "${command.verb}" for "${name}", or there is no such environment.`,
  )
}

/** `told`: why not, where everybody who reads the answer may know it. */
type Verdict = { permit: Permit } | { permit: null; told: Reason | null }

async function judge(
  order: Order,
  world: World,
  place: EnvironmentPlace,
  dependencies: CommandDependencies,
): Promise<Verdict> {
  const { app, environment } = place
  const secret = await mustHide(order, world, manifestsOf(world, environment), dependencies)
  const no = (reason: Reason): Verdict => ({ permit: null, told: secret ? null : reason })
  const named = promotersOf(world, place)
  if (named.who === null) return no(named.reason)
  const { manifests, policy } = named
  const unsure: Reason[] = []
  for (const who of inOrderOfCost(named.who)) {
    const answer = await isOneOf(who, order, manifests.snapshot.repository, dependencies)
    if (answer === true) return { permit: { app, environment, manifests, policy, secret } }
    if (answer !== false) unsure.push(answer)
  }
  const more = unsure.map(({ message }) => ` ${message}`).join('')
  const message = `${order.login} is none of those whom the policy of ${manifests.snapshot.repository.path} lets promote ${app.name}/${environment.name}.${more}`
  return no({ code: 'not-a-promoter', message })
}

/** A person is found without a request, a role with one, and a team with one each. */
function inOrderOfCost(all: readonly Who[]): Who[] {
  const rank = ({ kind }: Who) => ['user', 'role', 'team'].indexOf(kind)
  return all.toSorted((a, b) => rank(a) - rank(b))
}

/** True or false; a reason where it cannot be known, which means no. */
async function isOneOf(
  who: Who,
  { login, repository }: Order,
  manifests: RepositoryId,
  { forges }: CommandDependencies,
): Promise<boolean | Reason> {
  try {
    if (who.kind === 'role') {
      if (manifests.forge !== repository.forge) return false
      return isAtLeast(await forgeOf(forges, manifests).readAccess(manifests, login), who.role)
    }
    if (who.forge !== repository.forge) return false
    if (who.kind === 'user') return who.login.toLowerCase() === login.toLowerCase()
    const place = manifests.forge === who.forge ? manifests : repository
    return await forgeOf(forges, place).readMembership(place, who.path, login)
  } catch (error) {
    if (!(error instanceof SupercargoError) || error.kind !== 'permanent') throw error
    const { code, message } = reasonOf(error)
    const asked = who.kind === 'team' ? `team ${who.path}` : repositoryKey(manifests)
    return { code, message: `Nobody knows who belongs to ${asked}: ${message}` }
  }
}

async function hidesAny(order: Order, world: World, dependencies: CommandDependencies): Promise<boolean> {
  const all = world.manifests.map((manifests) => mustHide(order, world, manifests, dependencies))
  return (await Promise.all(all)).some((hidden) => hidden)
}
