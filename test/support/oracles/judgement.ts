/** What the oracles found. A failure is somebody's mistake; a warning is a field that GitHub would also send. */
export interface Judgement {
  failures: string[]
  warnings: Set<string>
  /** How many requests, documents and payloads were looked at: a test that judges nothing proves nothing. */
  judged: number
}

export function newJudgement(): Judgement {
  return { failures: [], warnings: new Set(), judged: 0 }
}

/** One HTTP exchange, read completely. */
export interface Exchange {
  /** Upper case. */
  method: string
  url: URL
  /** Empty when there was none. */
  requestBody: string
  status: number
  /** Content type without parameters, in lower case; empty when there was none. */
  responseType: string
  responseBody: string
}
