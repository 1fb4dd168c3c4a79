import { tokenFailed } from './errors.ts'
import { holdUntilEnd, type ShowCredentials } from './held.ts'

export interface GoogleOptions {
  /** Path of a service account's key; null: what GOOGLE_APPLICATION_CREDENTIALS names, else the machine's account. */
  keyFile: string | null
  clock: () => Date
  /** Default: the runtime's own. */
  fetch?: typeof fetch
}

/** What an account may really do in Artifact Registry is said by its roles. */
const SCOPES = ['https://www.googleapis.com/auth/cloud-platform']

/**
 * An access token of a service account as the password of `oauth2accesstoken`; it is good for an hour.
 * https://cloud.google.com/artifact-registry/docs/docker/authentication#token
 */
export function googleCredentials({ keyFile, clock, fetch }: GoogleOptions): ShowCredentials {
  return holdUntilEnd(async () => {
    // Only here: most servers never need its 10 MB.
    const { GoogleAuth } = await import('google-auth-library')
    try {
      const auth = new GoogleAuth({
        scopes: SCOPES,
        ...(keyFile === null ? {} : { keyFile }),
        ...(fetch === undefined
          ? {}
          : { clientOptions: { transporterOptions: { fetchImplementation: fetch } } }),
      })
      const client = await auth.getClient()
      const { token } = await client.getAccessToken()
      if (!token) throw new Error('Google answered without a token.')
      return {
        credentials: { kind: 'basic', username: 'oauth2accesstoken', password: token },
        endsAt: client.credentials.expiry_date ?? clock().getTime(),
      }
    } catch (error) {
      const { status } = error as { status?: unknown }
      throw tokenFailed({
        cloud: 'Google Cloud',
        error,
        status: typeof status === 'number' ? status : undefined,
        nobody: error instanceof Error && error.message.startsWith('Could not load the default credentials'),
        advice:
          'Give the server a service account with the role Artifact Registry Reader, or the key of one.',
      })
    }
  }, clock)
}
