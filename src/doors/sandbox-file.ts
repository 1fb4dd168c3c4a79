import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writePrivateFile } from './private-file.ts'

const SandboxFile = z.object({
  /** PEM, PKCS #8. */
  privateKey: z.string().min(1),
  webhookSecret: z.string().min(32),
  /** A person's, for git and the API. */
  token: z.string().min(8),
})

/** The secrets of the sandbox: of its app, and of the person who tries it out. */
export type SandboxSecrets = z.infer<typeof SandboxFile>

/**
 * Reads the secrets, or makes them and keeps them, so that a clone from before a restart still pushes. A file
 * that cannot be read is replaced: they open nothing but the sandbox.
 * @param token instead of the one that was made
 */
export function keepSandboxSecrets(dataDirectory: string, token: string | null): SandboxSecrets {
  const path = join(dataDirectory, 'sandbox-secrets.json')
  const kept = read(path)
  const secrets = kept ?? make()
  if (kept === null) writePrivateFile(path, secrets)
  return { ...secrets, token: token ?? secrets.token }
}

function read(path: string): SandboxSecrets | null {
  try {
    return SandboxFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

function make(): SandboxSecrets {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    webhookSecret: randomBytes(32).toString('hex'),
    token: `sandbox_${randomBytes(12).toString('hex')}`,
  }
}
