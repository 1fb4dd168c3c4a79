import { SupercargoError } from '../../domain/errors.ts'
import { redact } from '../../domain/redact.ts'

/** 401 and 403; `registry-denied`. `known`: whether credentials were sent. */
export function denied(host: string, what: string, known: boolean, said: string): SupercargoError {
  return new SupercargoError(`The registry ${host} does not allow access to ${what}${because(said)}`, {
    code: 'registry-denied',
    kind: 'permanent',
    advice: known
      ? 'Check the name of the image, and the password and the rights of the account that the server uses there.'
      : 'Check the name of the image; give the server credentials for this registry, or let everybody pull the image.',
  })
}

/** No answer, or one that says that the registry is not well: it is asked again. */
export function unavailable(host: string, reason: string): SupercargoError {
  return new SupercargoError(`The registry ${host} ${ended(oneSafeLine(reason))}`, {
    code: 'registry-unavailable',
    kind: 'transient',
  })
}

/** An answer that no registry should give; `registry-answer-invalid`. Repeated, for it may be a proxy's page. */
export function invalidAnswer(host: string, what: string): SupercargoError {
  return new SupercargoError(`The registry ${host} answered with ${what}.`, {
    code: 'registry-answer-invalid',
    kind: 'transient',
    advice: 'Check that the address configured for it is that of a registry.',
  })
}

/** Any other answer that says no; `registry-refused`. */
export function refused(host: string, what: string, status: number, said: string): SupercargoError {
  return new SupercargoError(`The registry ${host} answered ${status} about ${what}${because(said)}`, {
    code: 'registry-refused',
    kind: 'permanent',
    advice: 'Look at what the registry says, and at its log.',
  })
}

/**
 * The registry's own words in an error's body, as one safe line; empty where there are none.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes
 */
export function wordsOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 16_384)).toString()
  try {
    const body = JSON.parse(text)
    const first: unknown = Array.isArray(body?.errors) ? body.errors[0] : body
    if (typeof first !== 'object' || first === null) return ''
    const { code, message, details } = first as Record<string, unknown>
    const words = [message, details, code].find((word) => typeof word === 'string' && word !== '')
    return typeof words === 'string' ? oneSafeLine(words) : ''
  } catch {
    return ''
  }
}

function because(said: string): string {
  return said === '' ? '.' : `: ${ended(said)}`
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function oneSafeLine(text: string): string {
  return redact(text.slice(0, 4000)).replace(/\s+/g, ' ').trim().slice(0, 300)
}
