import { createPrivateKey } from 'node:crypto'

/**
 * Reads the private key of a GitHub App as people put it into an environment: PEM, PEM on one line with `\n`, or
 * base64 of PEM.
 * @returns PEM in PKCS #8, or null when it is no RSA key
 */
export function readPrivateKey(text: string): string | null {
  const unfolded = text.trim().replaceAll('\\n', '\n')
  const pem = unfolded.startsWith('-----BEGIN') ? unfolded : Buffer.from(unfolded, 'base64').toString('utf8')
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs8', format: 'pem' }).toString() : null
  } catch {
    return null
  }
}
