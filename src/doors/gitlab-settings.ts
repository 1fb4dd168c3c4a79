import type { ForgeId } from '../domain/repository.ts'
import { signingProblem } from '../intake/gitlab-signature.ts'
import { parseSecrets, secretProblem } from '../intake/secret.ts'
import { readAuthorities } from './authorities.ts'
import { prefixOf, readNames } from './instance-names.ts'
import { type Complain, serverUrl, type Text } from './setting-problem.ts'

/** One GitLab instance that the server works for. */
export interface GitLabSettings {
  /** Name of the forge: `gitlab`, or one of GITLAB_INSTANCES. */
  id: ForgeId
  /** Base address, without a slash at its end; it may have a path. */
  url: string
  /** Of a project, a group or a person; scope `api`. */
  token: string
  /** `whsec_…`; more than one during a rotation. When there is one, the tokens below do not count. */
  signingSecrets: string[]
  webhookTokens: string[]
  /** PEM of further certificate authorities. */
  ca: string | null
  /** Globs over paths of projects; [] is every project that the token's user is a member of. */
  projects: string[]
}

/** The name of the instance without a name. */
export const GITLAB: ForgeId = 'gitlab'

export const GITLAB_COM = 'https://gitlab.com'

/** `webhook`: its GITLAB_WEBHOOK_TOKEN would be that of the usual instance. */
const TAKEN = ['github', GITLAB, 'webhook']
const GLOB = /^[\w.*?/-]{1,256}$/

/**
 * Every GitLab instance of the environment: GITLAB_URL and the like for the usual one, and for each name of
 * GITLAB_INSTANCES its own, such as GITLAB_PARTNER_URL. None of the problems holds a secret.
 * @param webhooks false: nothing listens to webhooks, so that their secrets are not needed
 */
export function readGitLab(
  text: Text,
  complain: Complain,
  { webhooks }: { webhooks: boolean },
): GitLabSettings[] {
  const usual = SOME.some((suffix) => text(`GITLAB_${suffix}`) !== undefined)
  const names = readNames('GITLAB_INSTANCES', text('GITLAB_INSTANCES'), TAKEN, complain)
  const instances = names.map((name) => ({ id: name, prefix: prefixOf('GITLAB', name) }))
  if (usual) instances.unshift({ id: GITLAB, prefix: 'GITLAB_' })
  return instances.map(({ id, prefix }) => {
    const instance = readInstance(id, prefix, text, complain)
    if (webhooks) checkSecrets(prefix, instance, complain)
    return instance
  })
}

/** Where the webhooks of an instance arrive. The usual one has a second path without a name. */
export function gitlabWebhookPaths(id: ForgeId): string[] {
  return id === GITLAB ? ['/webhooks/gitlab', `/webhooks/gitlab/${GITLAB}`] : [`/webhooks/gitlab/${id}`]
}

/** Any of these means that the usual instance is wanted. */
const SOME = ['URL', 'TOKEN', 'SIGNING_SECRET', 'WEBHOOK_TOKEN']

function readInstance(id: ForgeId, prefix: string, text: Text, complain: Complain): GitLabSettings {
  const given = (suffix: string) => text(`${prefix}${suffix}`)
  const url = serverUrl(given('URL') ?? GITLAB_COM)
  if (url === undefined) {
    complain(
      `${prefix}URL`,
      'It is not the https address of a GitLab instance.',
      'Write it such as https://git.example.com/gitlab, without /api/v4.',
    )
  }
  const token = given('TOKEN')
  if (token === undefined || /[^\x21-\x7e]/.test(token)) {
    complain(
      `${prefix}TOKEN`,
      token === undefined ? 'It is missing.' : 'It holds spaces or signs that no token has.',
      'Set it to an access token of the project, group or bot user, with the scope api.',
    )
  }
  return {
    id,
    url: url ?? GITLAB_COM,
    token: token ?? '',
    signingSecrets: parseSecrets(given('SIGNING_SECRET') ?? ''),
    webhookTokens: parseSecrets(given('WEBHOOK_TOKEN') ?? ''),
    ca: readAuthorities(`${prefix}CA_FILE`, given('CA_FILE'), complain),
    projects: readProjects(`${prefix}PROJECTS`, given('PROJECTS'), complain),
  }
}

/** Requirement 1: every source of webhooks has a secret that cannot be guessed. */
function checkSecrets(
  prefix: string,
  { signingSecrets: signing, webhookTokens: tokens }: GitLabSettings,
  complain: Complain,
): void {
  if (signing.length === 0 && tokens.length === 0) {
    complain(
      `${prefix}SIGNING_SECRET`,
      'There is nothing to verify webhooks with.',
      'Run `supercargo gitlab setup`, which makes the webhooks and says what to set.',
    )
  }
  const unfit = signingProblem(signing)
  if (unfit !== null) {
    complain(`${prefix}SIGNING_SECRET`, unfit, 'Copy it from the webhook, or run `supercargo gitlab setup`.')
  }
  const weak = tokens.length === 0 ? null : secretProblem(tokens)
  if (weak !== null) {
    complain(`${prefix}WEBHOOK_TOKEN`, weak, 'Make one with `openssl rand -hex 32`.')
  }
}

function readProjects(variable: string, given: string | undefined, complain: Complain): string[] {
  const globs = (given ?? '')
    .split(/[,\r\n]/)
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '')
  const wrong = globs.find((glob) => !GLOB.test(glob))
  if (wrong === undefined) return globs
  complain(
    variable,
    `"${wrong.slice(0, 80)}" is not a pattern for projects.`,
    'Write paths such as acme/web, acme/* or acme/**, separated by commas.',
  )
  return []
}
