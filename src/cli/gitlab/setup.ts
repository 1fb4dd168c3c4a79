import { hookAdministrationOf, type TokenFacts } from '../../compose.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { GITLAB, gitlabWebhookPaths } from '../../doors/gitlab-settings.ts'
import { serverUrl } from '../../doors/setting-problem.ts'
import { Command } from '../commander.ts'
import { gitlabFromEnvironment, logToStandardError } from '../engine-options.ts'
import { table } from '../table.ts'
import { EXIT_CODES, json, type Terminal } from '../terminal.ts'
import { type Done, type Secret, setUp } from './set-up.ts'

interface Options {
  group: string[]
  project: string[]
  url: string
  instance: string
  remove?: true
  dryRun?: true
  rotate?: true
  json?: true
  verbose?: true
}

/** `supercargo gitlab setup`: makes and repairs the webhooks. Ends with 0, 1 (a place failed) or 2. */
export function gitlabCommand(terminal: Terminal, end: (code: number) => void): Command {
  const several = (value: string, before: string[]) => [...before, value]
  const setup = new Command('setup')
    .summary('make or repair the webhooks of groups and projects')
    .description(
      'Checks the token, and makes for each group or project one webhook with exactly the events that Supercargo uses and a secret, or repairs the one that is there and switches it on again. Safe to repeat. Takes GITLAB_TOKEN, GITLAB_URL, GITLAB_CA_FILE and, where there is one, GITLAB_SIGNING_SECRET from the environment. Ends with 0 when all is well, 1 when something failed, 2 when it could not be done.',
    )
    .option('--group <path>', 'a group, with everything below it; may be repeated', several, [])
    .option('--project <path>', 'a project; may be repeated', several, [])
    .requiredOption('--url <address>', 'where GitLab reaches Supercargo, such as https://cargo.example.com')
    .option('--instance <name>', 'one of GITLAB_INSTANCES', GITLAB)
    .option('--remove', 'remove the webhooks')
    .option('--rotate', 'give every webhook the secret of the environment, or a new one')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'print the result for a program')
    .option('--verbose', 'print every request to the standard error')
    .action(async (options: Options) => end(await run(terminal, options)))
  return new Command('gitlab').summary('set up GitLab').addCommand(setup)
}

async function run(terminal: Terminal, options: Options): Promise<number> {
  const { group: groups, project: projects, remove, dryRun, rotate } = options
  if (groups.length + projects.length === 0) throw unusable('Nothing is named.', 'Add --group or --project.')
  const address = serverUrl(options.url)
  if (address === undefined) {
    throw unusable(`"${options.url}" is not an https address.`, 'Write --url https://cargo.example.com.')
  }
  const instances = gitlabFromEnvironment(process.env)
  const instance = instances.find(({ id }) => id === options.instance)
  if (instance === undefined) throw noInstance(options.instance, instances)
  const { id, signingSecrets, webhookTokens } = instance
  const administration = hookAdministrationOf(instance, logToStandardError(options.verbose === true))
  const facts = await administration.readToken()
  checkScopes(facts)
  const result = await setUp(administration, {
    groups,
    projects,
    url: `${address}${gitlabWebhookPaths(id)[0]}`,
    signingSecret: signingSecrets[0] ?? null,
    webhookToken: webhookTokens[0] ?? null,
    remove: remove === true,
    dryRun: dryRun === true,
    rotate: rotate === true,
  })
  const secret = result.secret && { ...result.secret, variable: variableOf(id, result.secret) }
  if (options.json) terminal.out(json({ token: facts, dryRun: dryRun === true, done: result.done, secret }))
  else print(terminal, facts, result.done, secret, dryRun === true)
  return result.done.some(({ did }) => did === 'failed') ? EXIT_CODES.problems : EXIT_CODES.ok
}

function checkScopes({ scopes }: TokenFacts): void {
  if (scopes.includes('api')) return
  throw unusable(
    `The token has the scope ${scopes.join(', ') || 'of nothing'}, and api is needed.`,
    'Make another one with the scope api and the role Maintainer (Owner for the webhooks of a group).',
  )
}

function variableOf(id: string, { variable }: Secret): string {
  const prefix = id === GITLAB ? 'GITLAB_' : `GITLAB_${id.toUpperCase().replaceAll('-', '_')}_`
  return `${prefix}${variable}`
}

function print(
  terminal: Terminal,
  { username, expiresAt }: TokenFacts,
  done: readonly Done[],
  secret: { variable: string; value: string } | null,
  dryRun: boolean,
): void {
  const until = expiresAt === null ? 'does not expire' : `expires on ${expiresAt}`
  terminal.out(
    `The token is ${username}'s and ${until}.${dryRun ? ' This is a dry run, which changes nothing.' : ''}\n`,
  )
  const rows = done.map(({ place, did, why }) => [`${place.kind} ${place.path}`, wordsFor(did, dryRun), why])
  terminal.out(table(['WHERE', 'WEBHOOK', 'WHY'], rows, terminal.width))
  if (secret === null) return
  terminal.out(`
Set this for the server, and start it again. It is shown only now:

    ${terminal.paint('36', `${secret.variable}=${secret.value}`)}

Where webhooks with another secret are left, set both, with a comma between them.`)
}

function wordsFor(did: Done['did'], dryRun: boolean): string {
  return dryRun && ['created', 'repaired', 'removed'].includes(did) ? `would be ${did}` : did
}

function noInstance(name: string, instances: readonly { id: string }[]): SupercargoError {
  if (name === GITLAB) {
    return unusable('There is no token to work with.', 'Set GITLAB_TOKEN to a token with the scope api.')
  }
  const names = instances.map(({ id }) => id).join(', ') || 'none'
  return unusable(
    `The environment has no GitLab instance named "${name}".`,
    `Name it in GITLAB_INSTANCES; there are: ${names}.`,
  )
}

function unusable(message: string, advice: string): SupercargoError {
  return new SupercargoError(message, { code: 'setup-not-possible', kind: 'permanent', advice })
}
