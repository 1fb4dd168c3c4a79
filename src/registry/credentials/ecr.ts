import type { AuthorizationData } from '@aws-sdk/client-ecr'
import { SupercargoError } from '../../domain/errors.ts'
import { tokenFailed } from './errors.ts'
import { holdUntilEnd, type Passing, type ShowCredentials } from './held.ts'

export interface EcrOptions {
  /** `eu-west-1`. */
  region: string
  /** Null: whatever AWS's library finds on this machine (its environment, a web identity, the role of the machine). */
  keys: { accessKeyId: string; secretAccessKey: string } | null
  clock: () => Date
  /** Where ECR's API answers; default: as AWS's library says for the region. */
  endpoint?: string
}

const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 15_000 }

/**
 * Exchanges AWS's own credentials for a password of the registry, which is good for 12 hours.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export function ecrCredentials({ region, keys, clock, endpoint }: EcrOptions): ShowCredentials {
  return holdUntilEnd(async () => {
    // Only here: most servers never need its 10 MB.
    const { ECRClient, GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr')
    const client = new ECRClient({
      region,
      maxAttempts: 2,
      requestHandler: TIMEOUTS,
      ...(keys === null ? {} : { credentials: keys }),
      ...(endpoint === undefined ? {} : { endpoint }),
    })
    try {
      const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}))
      return read(authorizationData?.[0])
    } catch (error) {
      throw error instanceof SupercargoError ? error : refusal(error)
    } finally {
      client.destroy()
    }
  }, clock)
}

function read(data: AuthorizationData | undefined): Passing {
  const pair = Buffer.from(data?.authorizationToken ?? '', 'base64').toString()
  const colon = pair.indexOf(':')
  if (colon < 1 || data?.expiresAt === undefined) {
    throw new SupercargoError('ECR answered without a token.', {
      code: 'registry-answer-invalid',
      kind: 'transient',
    })
  }
  const credentials = { username: pair.slice(0, colon), password: pair.slice(colon + 1) }
  return { credentials: { kind: 'basic', ...credentials }, endsAt: data.expiresAt.getTime() }
}

function refusal(error: unknown): SupercargoError {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } }
  return tokenFailed({
    cloud: 'AWS',
    error,
    status: $metadata?.httpStatusCode,
    nobody: name === 'CredentialsProviderError',
    advice: 'Give the server a role or an access key that allows ecr:GetAuthorizationToken.',
  })
}
