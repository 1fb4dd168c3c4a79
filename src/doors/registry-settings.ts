import type { ForgeId } from '../domain/repository.ts'

/** One registry that the operator lets the bot ask. */
export interface RegistrySettings {
  /** Of REGISTRIES, as webhooks' paths have it (`/webhooks/registry/<name>`); of a public registry its host. */
  name: string
  /** As images name it, in lower case, with its port: `ghcr.io`, `localhost:5000`. Each host stands there once. */
  host: string
  /** Base address, without a slash at its end. */
  url: string
  auth: RegistryAuth
  /** PEM of further certificate authorities. */
  ca: string | null
  /** Null: it announces nothing. */
  webhook: RegistryWebhookSettings | null
  /** Null: it has no scanner that the bot can ask. */
  scanner: 'harbor' | null
}

/** How the bot shows who it is. Docker's configuration is read already: it gives `basic` or `identity`. */
export type RegistryAuth =
  | { kind: 'anonymous' }
  | { kind: 'basic'; username: string; password: string }
  /** A token that the registry's token server takes as an OAuth 2 refresh token. */
  | { kind: 'identity'; token: string }
  /** The installation token of the GitHub App, or GITHUB_TOKEN. */
  | { kind: 'github' }
  /** The token of a GitLab instance. */
  | { kind: 'gitlab'; instance: ForgeId }
  /** Keys of AWS; null: those of the machine. */
  | { kind: 'ecr'; region: string; keys: AwsKeys | null }
  /** Path of a service account's key; null: the machine's metadata server. */
  | { kind: 'google'; keyFile: string | null }

export interface AwsKeys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string | null
}

export const REGISTRY_WEBHOOKS = [
  'harbor',
  'ghcr',
  'dockerhub',
  'quay',
  'acr',
  'ecr',
  'google',
  'distribution',
  'cloudevents',
] as const
export type RegistryWebhookFormat = (typeof REGISTRY_WEBHOOKS)[number]

export interface RegistryWebhookSettings {
  format: RegistryWebhookFormat
  /** Each fit for requirement 1; more than one during a rotation. [] only with `google`, whose tokens prove who sends. */
  secrets: string[]
  /** What Pub/Sub's token must say; null with every other format, and set with `google`. */
  audience: string | null
  email: string | null
}
