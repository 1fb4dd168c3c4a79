/** Where this room says what happened; a pino logger fits. Nothing that is logged holds a secret. */
export interface RegistryLog {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/**
 * What a registry takes as proof of who asks.
 * - `basic`: a name and a password or token; goes to the registry, or to its token server.
 * - `identity`: Docker's `identitytoken`, a refresh token for the token server.
 *   https://distribution.github.io/distribution/spec/auth/oauth/
 * - `bearer`: Docker's `registrytoken`, which the registry itself takes.
 */
export type Credentials =
  | { kind: 'basic'; username: string; password: string }
  | { kind: 'identity'; token: string }
  | { kind: 'bearer'; token: string }

/** One registry that the operator lets the bot ask. */
export interface RegistryAccess {
  /** As normalised names of images have it, in lower case: `ghcr.io`, `docker.io`, `harbor.example.com:8443`. */
  host: string
  /** Where it answers, without `/v2`; default `https://` and the host, and Docker Hub's own. Only here is http allowed. */
  url?: string
  /**
   * For one repository (`acme/web`) and what is to be done (`repository:acme/web:pull`), null to ask as nobody. Called
   * often: what is costly is kept by whoever gives it, and renewed before it ends.
   * https://distribution.github.io/distribution/spec/auth/scope/
   */
  credentials(repository: string, scopes: readonly string[]): Promise<Credentials | null>
  /**
   * Origins (`https://gitlab.example.com`) of token servers, besides the registry's own, that may have the
   * credentials. Those of Docker Hub and gitlab.com are known. A token server elsewhere is not asked at all.
   */
  tokenOrigins?: string[]
  /** PEM of the authority that signed the registry's certificate, where the system does not know it. */
  ca?: string
  log: RegistryLog
  /** Default: the runtime's own, with `ca` when there is one. */
  fetch?: typeof fetch
  /** Default: the system's clock. */
  clock?: () => Date
  /** Time until a request is given up, in milliseconds; default 30,000. */
  timeout?: number
}
