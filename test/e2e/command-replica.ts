// One process of the bot that understands deliveries and carries out commands, until it is killed; it makes no passes.
import pino from 'pino'
import { createRegistry, NO_REGISTRIES } from '../../src/compose/registry.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { createGitLabForge } from '../../src/forge/gitlab/gitlab-forge.ts'
import { githubMeaning } from '../../src/intake/github.ts'
import { gitlabMeaning } from '../../src/intake/gitlab.ts'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { openStore } from '../../src/store/open.ts'
import { NO_SWEEP } from '../support/no-store.ts'

export interface CommandReplicaArgument {
  databaseUrl: string
  /** `Side.environment`. */
  environment: Record<string, string>
}

/** Shorter than in service, so that what a killed process held is soon free. */
const TIMINGS = { beat: 500, fence: 5000, silent: 6000, poll: 200 }

const { databaseUrl, environment } = JSON.parse(process.argv[2] ?? '{}') as CommandReplicaArgument
const log = pino({ level: 'warn' })
const { GITLAB_URL: url, GITLAB_TOKEN: token = '', GITHUB_API_URL: apiUrl = '' } = environment
const { APP_ID: appId = '', PRIVATE_KEY: privateKey = '' } = environment
const forge =
  url === undefined
    ? createGitHubForge({ id: 'github', apiUrl, credentials: { appId, privateKey }, log, spacing: false })
    : createGitLabForge({ id: 'gitlab', url, token, log, notesPerMinute: Number.POSITIVE_INFINITY })
const store = await openStore({ databaseUrl, dataDir: '/nowhere', log, timings: TIMINGS })
const handlers = createHandlers({
  store,
  meaning: url === undefined ? githubMeaning : gitlabMeaning,
  forges: new Map([[forge.id, forge]]),
  registry: createRegistry(NO_REGISTRIES, log),
  log,
  now: () => new Date(),
  ...NO_SWEEP,
})
const reconcile: typeof handlers.reconcile = async (key, context) => {
  if (!key.startsWith('commands ')) return { kind: 'done' }
  return await handlers.reconcile(key, context)
}
await store.work({ ...handlers, reconcile, sweep: async () => [] }, { concurrency: 4, sweepSeconds: 3600 })
process.stdout.write('ready\n')
