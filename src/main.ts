import { parseArgs } from 'node:util'
import type { Logger } from 'pino'
import { SANDBOX_FORGES, type SandboxForge, serve, serveSetup } from './compose.ts'
import { saveCreatedApp } from './doors/app-file.ts'
import { painter, problemText, sandboxBanner, setupBanner } from './doors/banner.ts'
import { dataDirectoryProblem } from './doors/data-directory.ts'
import { EXIT } from './doors/exit-codes.ts'
import { gitKnowsItsUser } from './doors/git.ts'
import { createLog } from './doors/log.ts'
import { registrySecrets } from './doors/registry-settings.ts'
import { readSettings, type Settings } from './doors/settings.ts'
import { exitOnFaults, stopOnSignals } from './doors/signals.ts'

// The server process (`npm start`): environment in, server and worker up, signals down.

const paint = painter(process.stdout.isTTY === true && process.env.NO_COLOR === undefined)

const underNpm = process.env.npm_lifecycle_event !== undefined
const { setup, forges } = readArguments()
const read = readSettings(process.env, { sandbox: setup ? 'not asked' : 'allowed' })
if (!read.ok) {
  process.stderr.write(problemText(read.problems, paint))
  process.exit(EXIT.configuration)
}
if (forges !== undefined && isReal(read.settings)) {
  process.stderr.write(
    '--forge chooses the forges of the sandbox, but there are credentials of a real one.\n',
  )
  process.exit(EXIT.configuration)
}
const log = createLog({
  level: read.settings.logLevel,
  pretty: process.stdout.isTTY === true,
  secrets: secretsOf(read.settings),
})
exitOnFaults(log)
await (setup ? runSetup(read.settings, log) : run(read.settings, log)).catch((error: unknown) => {
  const reason = isOurs(error) ? error : (dataDirectoryProblem(read.settings.dataDirectory) ?? error)
  log.fatal({ err: reason }, 'Supercargo cannot start.')
  process.exit(isOurs(reason) ? EXIT.unavailable : EXIT.failed)
})

async function run(settings: Settings, log: Logger): Promise<void> {
  const userKnown = isReal(settings) || gitKnowsItsUser()
  let stop = async () => {}
  stopOnSignals({ log, underNpm, stop: () => stop() })
  const service = await serve(settings, log, forges)
  stop = service.stop
  const { origin, sandboxes } = service
  if (sandboxes.length > 0) process.stdout.write(sandboxBanner(sandboxes, userKnown, paint))
  else {
    const gitlab = settings.gitlab.map(({ id, url }) => `${id} ${url}`)
    log.info({ url: origin, app: settings.app?.appId, gitlab }, 'Supercargo runs.')
  }
}

async function runSetup(settings: Settings, log: Logger): Promise<void> {
  const { entrance, stop } = await serveSetup(
    settings,
    (app) => saveCreatedApp(settings.dataDirectory, app),
    log,
  )
  stopOnSignals({ log, underNpm, stop })
  process.stdout.write(setupBanner(entrance, paint))
}

/** `--setup`, and which forges the sandbox is: `--forge gitlab`, `--forge github,gitlab`. */
function readArguments(): { setup: boolean; forges?: SandboxForge[] } {
  try {
    const { values } = parseArgs({ options: { setup: { type: 'boolean' }, forge: { type: 'string' } } })
    const setup = values.setup === true || process.env.SUPERCARGO_SETUP === '1'
    if (values.forge === undefined) return { setup }
    const wanted = values.forge.split(',').map((name) => name.trim())
    const known = SANDBOX_FORGES.filter((name) => wanted.includes(name))
    if (known.length === new Set(wanted).size) return { setup, forges: known }
  } catch {
    // Said below.
  }
  process.stderr.write(
    `The only arguments are --setup, which creates a GitHub App, and --forge with ${SANDBOX_FORGES.join(' or ')} or both (separated by a comma), which says what the sandbox is. Everything else is said by the environment.\n`,
  )
  return process.exit(EXIT.configuration)
}

/** True when it works for forges outside, and not for those of the sandbox. */
function isReal({ app, gitlab }: Settings): boolean {
  return app !== null || gitlab.length > 0
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && error.name === 'SupercargoError'
}

/** What must not be seen in the log. The sandbox's own token opens nothing else, and is printed. */
function secretsOf({ app, gitlab, registries, generatorTokens, databaseUrl }: Settings): string[] {
  const password = databaseUrl === null ? '' : decodeURIComponent(new URL(databaseUrl).password)
  const ofGitLab = gitlab.flatMap(({ token, signingSecrets, webhookTokens }) => [
    token,
    ...signingSecrets,
    ...webhookTokens,
  ])
  return [
    app?.privateKey ?? '',
    ...(app?.webhookSecrets ?? []),
    ...ofGitLab,
    ...registrySecrets(registries),
    ...generatorTokens,
    password,
  ]
}
