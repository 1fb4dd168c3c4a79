import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from './hooks/dispatcher.ts'
import type { Model } from './model/model.ts'

/** What every forge of the sandbox is started with. */
export interface CommonOptions {
  /** The program's data directory; each forge keeps everything in a directory of its own below it. */
  dataDir: string
  /** Origin under which the forge is reached, such as `http://localhost:3000`; may be set later. */
  baseUrl?: string | null
  /** What the sandbox's own person `you` uses as password for git and as token for the API. */
  token: string
  /** Added to every request, in milliseconds. */
  latencyMs?: number
  /** True (the default) when only this machine can connect: the pages then ask for no token. */
  loopback?: boolean
  /** Directories where git is found, as in `PATH`. */
  searchPath?: string
  /** Gets errors of the forge itself. */
  log?: (error: unknown) => void
}

/** A running forge: what GitHub's and GitLab's have in common. */
export interface Sandbox {
  readonly model: Model
  /** Answers every path below the forge's mount: `/sandbox/github`, `/sandbox/gitlab`. */
  handler(request: IncomingMessage, response: ServerResponse): void
  /** Sets the origin once the port is known. */
  setBaseUrl(baseUrl: string): void
  readonly deliveries: Dispatcher
  /** Stops sending and ends helper processes. Nothing needs to be saved. */
  close(): void
}
