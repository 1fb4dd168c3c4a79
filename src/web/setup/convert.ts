import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'

const Conversion = z.object({
  id: z.number(),
  pem: z.string().min(1),
  webhook_secret: z.string().min(1),
  html_url: z.url(),
})

/** The app that GitHub created, with the credentials that it gives out once. */
export interface CreatedApp {
  appId: string
  privateKey: string
  webhookSecret: string
  apiUrl: string
  /** Page of the app. */
  url: string
}

const MAX_BYTES = 256 * 1024

/**
 * Exchanges the code of the redirect for the app's credentials, at the operator's own API address only; no
 * redirect is followed.
 * https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
 * @throws SupercargoError `conversion-failed`
 */
export async function convertCode(apiUrl: string, code: string): Promise<CreatedApp> {
  let text: string
  try {
    const response = await fetch(`${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`, {
      method: 'POST',
      headers: {
        accept: 'application/vnd.github+json',
        'user-agent': 'supercargo',
        'x-github-api-version': '2022-11-28',
      },
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    })
    if (response.status !== 201) throw failed(`GitHub answered ${response.status}`)
    text = await readAtMost(response, MAX_BYTES)
  } catch (error) {
    throw error instanceof SupercargoError ? error : failed('GitHub could not be reached', error)
  }
  const parsed = Conversion.safeParse(parseJson(text))
  if (!parsed.success) throw failed('the answer of GitHub lacks the credentials')
  const { id, pem, webhook_secret, html_url } = parsed.data
  return { appId: String(id), privateKey: pem, webhookSecret: webhook_secret, apiUrl, url: html_url }
}

async function readAtMost(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > most) throw failed('the answer of GitHub is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function failed(why: string, cause?: unknown): SupercargoError {
  return new SupercargoError(`The app's credentials could not be fetched: ${why}.`, {
    code: 'conversion-failed',
    kind: 'transient',
    advice: 'Delete the half-made app on GitHub, and begin again at the address that the log shows.',
    cause,
  })
}
