import { readReference } from '../domain/image.ts'
import { parseSecrets, secretProblem } from '../intake/secret.ts'
import { readAuthorities } from './authorities.ts'
import { prefixOf, readNames } from './instance-names.ts'
import { type AuthGround, naturalAuth, type RegistryAuth, readAuth } from './registry-auth.ts'
import { type Complain, isLocal, serverUrl, type Text } from './setting-problem.ts'

/** One registry that the operator lets the bot ask. */
export interface RegistrySettings {
  /** Of REGISTRIES, as webhooks' paths have it (`/webhooks/registry/<name>`); of a public registry its host. */
  name: string
  /** As images name it, in lower case, with its port: `ghcr.io`, `localhost:5000`. Each host stands there once. */
  host: string
  /** Base address, without a slash at its end. */
  url: string
  auth: RegistryAuth
  /** Where its token server is, when that is elsewhere: an origin that may have the credentials too. */
  tokenServer: string | null
  /** PEM of further certificate authorities. */
  ca: string | null
  /** Null: it announces nothing. */
  webhook: RegistryWebhookSettings | null
  /** Null: it has no scanner that the bot can ask. */
  scanner: 'harbor' | null
  /** Owners, in lower case, whose releases may be tagged anywhere in it; others only below their own name. */
  retag: readonly string[]
}

export const REGISTRY_WEBHOOKS = [
  'harbor',
  'ghcr',
  'dockerhub',
  'quay',
  'acr',
  'ecr',
  'google',
  'distribution',
  'cloudevents',
] as const
export type RegistryWebhookFormat = (typeof REGISTRY_WEBHOOKS)[number]

export interface RegistryWebhookSettings {
  format: RegistryWebhookFormat
  /** Each fit for requirement 1; more than one during a rotation. [] only with `google`, whose tokens prove who sends. */
  secrets: string[]
  /** What Pub/Sub's token must say; null with every other format, and set with `google`. */
  audience: string | null
  email: string | null
}

/**
 * Every registry of the environment: for each name of REGISTRIES its own variables, such as REGISTRY_HARBOR_HOST,
 * and the public ones, unless PUBLIC_REGISTRIES says `none` (requirement 20). None of the problems holds a secret.
 */
export function readRegistries(text: Text, complain: Complain, ground: RegistryGround): RegistrySettings[] {
  const names = readNames('REGISTRIES', text('REGISTRIES'), [], complain)
  const named: RegistrySettings[] = []
  for (const name of names) {
    const registry = readRegistry(name, text, complain, ground)
    if (registry === null) continue
    const twin = named.find(({ host }) => host === registry.host)
    if (twin === undefined) named.push(registry)
    else {
      complain(
        `${prefixOf('REGISTRY', name)}HOST`,
        `${registry.host} is the host of "${twin.name}" already.`,
        'Name each registry once; one webhook serves everything in it.',
      )
    }
  }
  const others = text('PUBLIC_REGISTRIES')
  if (others !== undefined && others !== 'none') {
    complain(
      'PUBLIC_REGISTRIES',
      'It can only be "none".',
      `Leave it out, and ${PUBLIC.join(', ')} may be asked.`,
    )
  }
  const hosts = others === 'none' ? [] : PUBLIC.filter((host) => !named.some((each) => each.host === host))
  return [...named, ...hosts.map((host) => publicRegistry(host, ground))]
}

/** What must not be seen in a log. */
export function registrySecrets(registries: readonly RegistrySettings[]): string[] {
  return registries.flatMap(({ auth, webhook }) => {
    const secrets = webhook?.secrets ?? []
    if (auth.kind === 'basic') return [auth.password, ...secrets]
    if (auth.kind === 'identity' || auth.kind === 'bearer') return [auth.token, ...secrets]
    if (auth.kind === 'ecr' && auth.keys !== null) return [auth.keys.secretAccessKey, ...secrets]
    return secrets
  })
}

/** What else decides, besides the variables of registries. */
export interface RegistryGround extends AuthGround {
  /** False: nothing listens to webhooks, so that what they need is not read. */
  webhooks: boolean
}

function readRegistry(
  name: string,
  text: Text,
  complain: Complain,
  ground: RegistryGround,
): RegistrySettings | null {
  const prefix = prefixOf('REGISTRY', name)
  const given = (suffix: string) => text(`${prefix}${suffix}`)
  const host = readHost(`${prefix}HOST`, given('HOST'), complain)
  const registry = {
    url: readAddress(`${prefix}URL`, given('URL'), complain),
    tokenServer: readAddress(`${prefix}TOKEN_SERVER`, given('TOKEN_SERVER'), complain),
    auth: readAuth(prefix, host, text, complain, ground),
    ca: readAuthorities(`${prefix}CA_FILE`, given('CA_FILE'), complain),
    webhook: ground.webhooks ? readWebhook(prefix, given, complain) : null,
    scanner: readScanner(`${prefix}SCANNER`, given('SCANNER'), complain),
    retag: readOwners(`${prefix}RETAG`, given('RETAG'), complain),
  }
  return host === null ? null : { name, host, ...registry, url: registry.url ?? urlOf(host) }
}

/** The host in the form that normalised names of images have. */
function readHost(variable: string, given: string | undefined, complain: Complain): string | null {
  const image = given === undefined ? null : readReference(`${given}/of/image`)
  const [host, ...path] = image?.name.normalised.split('/') ?? []
  if (host !== undefined && path.join('/') === 'of/image') return host
  complain(
    variable,
    given === undefined ? 'It is missing.' : `"${given.slice(0, 80)}" is not how images name a registry.`,
    'Write what stands before the first slash of the images, such as harbor.example.com or localhost:5000.',
  )
  return null
}

function readAddress(variable: string, given: string | undefined, complain: Complain): string | null {
  if (given === undefined) return null
  const url = serverUrl(given)
  if (url !== undefined) return url
  complain(
    variable,
    'It is not an https address.',
    'Write it such as https://registry.example.com:5000, without /v2; http is only for this machine.',
  )
  return null
}

function readScanner(variable: string, given: string | undefined, complain: Complain): 'harbor' | null {
  if (given === undefined || given === 'harbor') return given ?? null
  complain(variable, `"${given.slice(0, 40)}" is not a scanner.`, 'The only one that can be asked is harbor.')
  return null
}

function readOwners(variable: string, given: string | undefined, complain: Complain): string[] {
  const owners = (given ?? '').split(',').map((each) => each.trim().toLowerCase())
  const named = owners.filter((each) => each !== '')
  const odd = named.find((each) => !/^[a-z0-9_][\w.-]*(?:\/[\w.-]+)*$/.test(each))
  if (odd === undefined) return named
  complain(
    variable,
    `"${odd.slice(0, 40)}" is not the name of an owner.`,
    'Write owners or groups, such as acme,shop.',
  )
  return []
}

/** Requirement 1: every source of announcements proves who it is. */
function readWebhook(
  prefix: string,
  given: (suffix: string) => string | undefined,
  complain: Complain,
): RegistryWebhookSettings | null {
  const wanted = given('WEBHOOK')
  const proofs = ['WEBHOOK_SECRET', 'WEBHOOK_AUDIENCE', 'WEBHOOK_EMAIL'] as const
  const format = REGISTRY_WEBHOOKS.find((name) => name === wanted)
  if (format === undefined) {
    const proof = proofs.find((suffix) => given(suffix) !== undefined)
    if (wanted === undefined && proof === undefined) return null
    complain(
      `${prefix}WEBHOOK`,
      wanted === undefined
        ? `It is missing, but there is ${prefix}${proof}.`
        : `"${wanted.slice(0, 40)}" is not a format of announcements.`,
      `Use one of ${REGISTRY_WEBHOOKS.join(', ')}.`,
    )
    return null
  }
  const secrets = parseSecrets(given('WEBHOOK_SECRET') ?? '')
  const [audience, email] = [given('WEBHOOK_AUDIENCE') ?? null, given('WEBHOOK_EMAIL') ?? null]
  if (format === 'google') {
    const missing = audience === null ? 'AUDIENCE' : 'EMAIL'
    if (audience === null || email === null) {
      complain(
        `${prefix}WEBHOOK_${missing}`,
        'It is missing, and Pub/Sub is known by what its tokens say.',
        'Set the audience and the service account of the push subscription; both are needed.',
      )
    }
  }
  const weak = format === 'google' && secrets.length === 0 ? null : secretProblem(secrets)
  if (weak !== null) complain(`${prefix}WEBHOOK_SECRET`, weak, 'Make one with `openssl rand -hex 32`.')
  return { format, secrets, audience, email }
}

function urlOf(host: string): string {
  if (host === 'docker.io') return 'https://registry-1.docker.io'
  return `${isLocal(host.replace(/:\d+$/, '')) ? 'http' : 'https'}://${host}`
}

/** Registries where everybody may read public images. */
const PUBLIC = [
  'docker.io',
  'ghcr.io',
  'quay.io',
  'registry.gitlab.com',
  'public.ecr.aws',
  'registry.k8s.io',
  'gcr.io',
]

function publicRegistry(host: string, ground: RegistryGround): RegistrySettings {
  return {
    name: host,
    host,
    url: urlOf(host),
    auth: naturalAuth(host, ground),
    tokenServer: null,
    ca: null,
    webhook: null,
    scanner: null,
    retag: [],
  }
}
