import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { SupercargoError } from '../../domain/errors.ts'
import { html } from '../html.ts'
import { layout } from '../layout.ts'
import { asksLocally } from '../local.ts'
import type { Log } from '../log.ts'
import { type Answer, respond } from '../respond.ts'
import type { Route } from '../server.ts'
import { type CreatedApp, convertCode } from './convert.ts'
import { type AppBlueprint, appManifest, readAddress, webUrlOf } from './manifest.ts'
import { askPage, createPage, donePage, failedPage } from './pages.ts'

export const SETUP_PATH = '/setup/github'
const CALLBACK_PATH = `${SETUP_PATH}/callback`

export interface SetupOptions {
  /** REST base of the GitHub on which the app is created. */
  apiUrl: string
  blueprint: AppBlueprint
  /** Where webhooks will arrive. */
  webhookPath: string
  /** Keeps the credentials, or throws a SupercargoError that says why they cannot be used. @returns where */
  save(app: CreatedApp): string
  log: Log
}

export interface Setup {
  /** Path and query that only the reader of the log knows; they work until the app was created. */
  readonly entrance: string
  readonly routes: Route[]
}

/**
 * Creates a GitHub App by GitHub's manifest flow. Whoever wants in needs the token of the log; the callback needs
 * the state that only its pages hold, so that nobody can slip in an app of theirs. No page ever shows a credential.
 */
export function createSetup(options: SetupOptions): Setup {
  const token = randomBytes(24).toString('base64url')
  const state = randomBytes(24).toString('base64url')
  let phase: 'open' | 'converting' | 'closed' = 'open'

  function ask(request: IncomingMessage): Answer {
    const query = queryOf(request)
    if (phase !== 'open' || !same(query.get('token'), token)) return NOTHING
    const address = query.get('address')
    if (address === null) return askPage(SETUP_PATH, token, null)
    const read = readAddress(address, options.webhookPath)
    if (typeof read === 'string') return askPage(SETUP_PATH, token, read)
    const organization = query.get('organization')?.trim() ?? ''
    if (!/^[A-Za-z0-9-]{0,39}$/.test(organization)) {
      return askPage(SETUP_PATH, token, 'The organization must be its name on GitHub, such as acme.')
    }
    const here = asksLocally(request) ? `http://${request.headers.host}` : read.homeUrl
    const manifest = appManifest(options.blueprint, { ...read, redirectUrl: `${here}${CALLBACK_PATH}` })
    return createPage(webUrlOf(options.apiUrl), organization, state, manifest)
  }

  async function callback(request: IncomingMessage): Promise<Answer> {
    const query = queryOf(request)
    const code = query.get('code') ?? ''
    if (phase !== 'open' || !same(query.get('state'), state)) return NOTHING
    if (!/^[\w-]{1,200}$/.test(code)) return failedPage(400, 'GitHub sent no usable code.')
    phase = 'converting'
    try {
      const app = await convertCode(options.apiUrl, code)
      const path = options.save(app)
      phase = 'closed'
      options.log.warn(
        { app: app.url },
        `The app was created, and ${path} holds its credentials; start without --setup.`,
      )
      return donePage(app.url, path)
    } catch (error) {
      phase = 'open'
      options.log.error({ err: error }, 'The app was not set up.')
      const text =
        error instanceof SupercargoError ? `${error.message} ${error.advice ?? ''}` : 'The log says why.'
      return failedPage(502, text)
    }
  }

  return {
    entrance: `${SETUP_PATH}?token=${token}`,
    routes: [
      {
        method: 'GET',
        path: SETUP_PATH,
        handle: (request, response) => respond(request, response, ask(request)),
      },
      {
        method: 'GET',
        path: CALLBACK_PATH,
        handle: async (request, response) => respond(request, response, await callback(request)),
      },
    ],
  }
}

const NOTHING: Answer = layout(
  404,
  'Nothing here',
  html`<p>There is nothing here, or not any more. The log shows the address.</p>`,
)

function queryOf(request: IncomingMessage): URLSearchParams {
  return new URLSearchParams((request.url ?? '').split('?')[1] ?? '')
}

/** In constant time. */
function same(given: string | null, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given ?? ''), digest(wanted))
}
