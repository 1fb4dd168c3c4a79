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
  /** The bot's own on GitLab. */
  gitlabToken: z.string().min(20),
  gitlabSigningSecret: z.string().startsWith('whsec_'),
})

/** The secrets of the sandbox: of its bots, and of the person who tries it out. */
export type SandboxSecrets = z.infer<typeof SandboxFile>

/**
 * Reads the secrets, or makes them and keeps them, so that a clone from before a restart still pushes. What is
 * missing is made; a file that cannot be read is replaced: they open nothing but the sandbox.
 * @param token instead of the one that was made
 */
export function keepSandboxSecrets(dataDirectory: string, token: string | null): SandboxSecrets {
  const path = join(dataDirectory, 'sandbox-secrets.json')
  const kept = read(path)
  const secrets = make(kept)
  if (Object.keys(secrets).length > Object.keys(kept).length) writePrivateFile(path, secrets)
  return { ...secrets, token: token ?? secrets.token }
}

/** What an older version, or nobody, has written. */
type Kept = { [key in keyof SandboxSecrets]?: SandboxSecrets[key] | undefined }

function read(path: string): Kept {
  try {
    return SandboxFile.partial().parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
}

function make(kept: Kept): SandboxSecrets {
  return {
    privateKey: kept.privateKey ?? makeKey(),
    webhookSecret: kept.webhookSecret ?? randomBytes(32).toString('hex'),
    token: kept.token ?? `sandbox_${randomBytes(12).toString('hex')}`,
    gitlabToken: kept.gitlabToken ?? `glpat-${randomBytes(15).toString('hex')}`,
    gitlabSigningSecret: kept.gitlabSigningSecret ?? `whsec_${randomBytes(32).toString('base64')}`,
  }
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
