import { createPublicKey, type KeyObject } from 'node:crypto'
import { type Parsed, right, wrong } from './parsed.ts'

const KEY_ADVICE =
  'Write the public key of "cosign generate-key-pair" or of your key service, from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----, below "key: |".'
const IDENTITY_ADVICE =
  'Write it such as https://github.com/acme/web/.github/workflows/release.yml@refs/heads/main, or release@acme.dev.'

/** PEM of a public key that cosign can sign with: ECDSA, RSA of at least 2048 bits, or Ed25519. */
export function parsePublicKey(text: string): Parsed<string> {
  if (text.includes('PRIVATE KEY'))
    return wrong(
      'This is a private key, which whoever can read this file can now sign with.',
      'Make a new pair of keys, and write the public one here.',
    )
  const key = readKey(text.trim())
  if (key === null) return wrong('This is not the PEM of a public key.', KEY_ADVICE)
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  const kind = key.asymmetricKeyType ?? ''
  if (['ec', 'ed25519'].includes(kind) || (kind === 'rsa' && bits >= 2048)) return right(text.trim())
  return wrong('No signature can be trusted to a key of this kind.', 'Use an ECDSA key, as cosign does.')
}

/**
 * A glob over the subject of a Fulcio certificate (https://github.com/sigstore/fulcio/blob/main/docs/oidc.md). It says
 * whose it is without a star: with the issuer of a public service, any other would trust everybody who has an account.
 */
export function parseIdentity(text: string): Parsed<string> {
  if (text === '' || text.length > 512 || /[\p{C}\s]/u.test(text))
    return wrong(`${JSON.stringify(text.slice(0, 80))} is not an identity.`, IDENTITY_ADVICE)
  const address = /^[a-z][a-z0-9+.-]*:\/\/[^/*?]+\/[^/*?]+(?:\/|$)/.test(text)
  const mail = /^[^@/]+@[^@/*?]+$/.test(text)
  const [repository, workflow] = text.split('/.github/workflows/')
  if (workflow !== undefined && !/@|\*\*/.test(workflow))
    return wrong(
      `The identity "${text}" matches no workflow, for theirs end in a ref such as @refs/heads/main.`,
      `Write ${repository}/.github/workflows/**, or name the workflow and the ref.`,
    )
  if (address || mail) return right(text)
  return wrong(`The identity "${text}" does not say whose it is.`, IDENTITY_ADVICE)
}

/** The OpenID issuer that has told Fulcio who signs; no pattern. */
export function parseIssuer(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'https:' && url.username === '' && url.search === '' && !/[\s*?#]/.test(text))
    return right(text)
  return wrong(
    `"${text}" is not the address of an issuer.`,
    'Write it such as https://token.actions.githubusercontent.com or https://gitlab.com.',
  )
}

function readKey(pem: string): KeyObject | null {
  if (!/^-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----$/.test(pem)) return null
  try {
    return createPublicKey(pem)
  } catch {
    return null
  }
}
