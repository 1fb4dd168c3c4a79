import { createHmac, randomBytes } from 'node:crypto'
import type { ApplicationFunctionOptions, Probot } from 'probot'
import { createBot } from './compose.ts'
import { settingsOf } from './doors/settings.ts'
import { stopOnSignals } from './doors/signals.ts'

/**
 * Supercargo as a Probot application: `probot run ./dist/index.js`, for those who run Probot already. Every
 * delivery is stored before it is answered, and is worked on from the store; `/healthz` and `/readyz` are mounted.
 *
 * `npm start` is the recommended server. What Probot's own server (14.3) cannot be made to do:
 * - it buffers bodies of any length before it looks at the signature, and has no limits on slow clients;
 * - after 9 s it answers 202, whether or not the delivery was stored by then;
 * - it answers a delivery that is already there with 200 like any other;
 * - without APP_ID and PRIVATE_KEY it never loads this function but its own setup pages, which ask nobody who
 *   they are; set NODE_ENV=production to have it end instead.
 *
 * @throws SupercargoError, which ends `probot run`, when the environment is not complete or the webhook secret is
 * weak, or is not the one that Probot verifies with
 */
export default async function supercargo(app: Probot, options: ApplicationFunctionOptions): Promise<void> {
  const settings = settingsOf(process.env, { sandbox: 'never' })
  const { app: credentials, apiUrl, registries } = settings
  if (credentials === null) throw new Error('There are no credentials.')
  await refuseForeignSecret(app, credentials.webhookSecrets)
  const bot = createBot(settings, app.log)
  stopOnSignals({ log: app.log, stop: () => bot.stop(), underNpm: false })
  await bot.start({ github: { app: credentials, apiUrl }, gitlab: [], registries })
  app.onAny(async ({ id, name, payload }) => {
    try {
      await bot.accept({ source: 'github', id, event: name, payload })
    } catch (error) {
      app.log.error({ err: error, delivery: id, event: name }, 'A delivery could not be stored.')
      // Probot puts the text of what is thrown into the answer.
      throw Object.assign(new Error('It could not be stored now; send it again later.'), { status: 503 })
    }
  })
  options.addHandler(bot.handler)
}

/** Probot takes one secret, also from its arguments: it must be the first one of the environment. */
async function refuseForeignSecret(app: Probot, secrets: readonly string[]): Promise<void> {
  const probe = randomBytes(16).toString('hex')
  const signed = await app.webhooks.sign(probe)
  const expected = secrets.map(
    (secret) => `sha256=${createHmac('sha256', secret).update(probe).digest('hex')}`,
  )
  if (secrets.length === 1 && expected.includes(signed)) return
  throw new Error(
    'Probot verifies webhooks with another secret than WEBHOOK_SECRET says, or with one of several. ' +
      'Set one secret in WEBHOOK_SECRET and leave out --secret; to rotate secrets, use `npm start`.',
  )
}
