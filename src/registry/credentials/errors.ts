import { SupercargoError } from '../../domain/errors.ts'
import { redact } from '../../domain/redact.ts'

/** What became of a request to a cloud for a token. */
export interface Failure {
  cloud: 'AWS' | 'Google Cloud'
  /** Whatever its library threw. */
  error: unknown
  /** Of the cloud's answer, when there was one. */
  status: number | undefined
  /** True when there is nothing on this machine to ask with. */
  nobody: boolean
  advice: string
}

/** `registry-denied` when a person must mend it, else `registry-unavailable`, which is asked again. */
export function tokenFailed({ cloud, error, status, nobody, advice }: Failure): SupercargoError {
  const said = redact(error instanceof Error ? error.message : String(error))
  const words = said.replace(/[\s\p{C}]+/gu, ' ').slice(0, 300)
  const refused = status !== undefined && status >= 400 && status < 500 && ![408, 429].includes(status)
  if (nobody || refused) {
    return new SupercargoError(`${cloud} gives no token for its registry: ${words}`, {
      code: 'registry-denied',
      kind: 'permanent',
      advice,
    })
  }
  return new SupercargoError(`${cloud} could not be asked for a token for its registry: ${words}`, {
    code: 'registry-unavailable',
    kind: 'transient',
  })
}
