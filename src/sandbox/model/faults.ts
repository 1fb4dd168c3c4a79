/** A request as the faults and the log see it. */
export interface SeenRequest {
  method: string
  /** Path with the query, from the server's root. */
  path: string
  /** `acme/web`, where the path or the GraphQL variables name one. */
  repository: string | null
  /** GraphQL document. */
  query: string | null
  /** Body, where it was read as text. */
  body: string | null
}

export interface LoggedRequest extends SeenRequest {
  status: number
  requestBytes: number
  responseBytes: number
  milliseconds: number
}

/** An answer given instead of the real one. */
export interface FaultAnswer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

export type WebhookFault = 'drop' | 'duplicate' | { delayMs: number }

/** Switches for tests: the forge misbehaves as forges do. All are off at first. */
export interface Faults {
  /**
   * Answers the next `times` requests that match with something else. `when: 'after'` does the work first,
   * so that the client does not learn of a write that took place.
   */
  fail(fault: {
    matches: (request: SeenRequest) => boolean
    times?: number
    answer: FaultAnswer | 'disconnect'
    when?: 'before' | 'after'
  }): void
  /** The answer for a request, counted; null = go on. Used by the servers. */
  take(request: SeenRequest, when: 'before' | 'after'): FaultAnswer | 'disconnect' | null
  /** Added to every request, in milliseconds. */
  latencyMs: number
  /** Webhooks: what happens to a delivery of this event; null = nothing special. */
  webhook: ((event: string, payload: Record<string, unknown>) => WebhookFault | null) | null
  /** Mergeability is UNKNOWN for so many questions about each new pair of head and base. */
  mergeabilityUnknownFor: number
  /** What a listing has beyond so many items fails to load (502; trees are `truncated`); null = nothing. */
  cutListingsAt: number | null
  /** Requests per token and hour. */
  rateLimit: number
  /** Things written within so many milliseconds are not found by REST (`404`), as on replicas that lag. */
  replicationLagMs: number
  /** Every request that was answered, oldest first; cleared by `clear`. At most 100,000 are kept. */
  readonly log: LoggedRequest[]
  /** Switches everything off and empties the log. */
  clear(): void
}

/** High, so that nothing but a test ever meets it. */
const RATE_LIMIT = 100_000

export function createFaults(): Faults {
  const log: LoggedRequest[] = []
  let failures: (Parameters<Faults['fail']>[0] & { left: number })[] = []
  const faults: Faults = {
    log,
    latencyMs: 0,
    webhook: null,
    mergeabilityUnknownFor: 0,
    cutListingsAt: null,
    replicationLagMs: 0,
    rateLimit: RATE_LIMIT,
    fail: (fault) => {
      failures.push({ ...fault, left: fault.times ?? 1 })
    },
    take: (request, when) => {
      const failure = failures.find((each) => (each.when ?? 'before') === when && each.matches(request))
      if (failure === undefined) return null
      failure.left -= 1
      if (failure.left <= 0) failures = failures.filter((each) => each !== failure)
      return failure.answer
    },
    clear: () => {
      failures = []
      log.length = 0
      Object.assign(faults, {
        latencyMs: 0,
        webhook: null,
        mergeabilityUnknownFor: 0,
        cutListingsAt: null,
        replicationLagMs: 0,
        rateLimit: RATE_LIMIT,
      })
    },
  }
  return faults
}
