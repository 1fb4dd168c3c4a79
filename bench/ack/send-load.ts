import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface LoadWish {
  url: string
  secret: string
  /** `acme/web`: deliveries are about them in turn. */
  repositories: string[]
  /** Deliveries per second. */
  rate: number
  seconds: number
}

export interface LoadResult {
  sent: number
  /** Ids that were answered with success. */
  accepted: string[]
  /** Other answers, and none. */
  failed: number
  /** Of every request, in milliseconds from when it was due. */
  latencies: number[]
  /** How late each request was sent, in milliseconds: the sender's own fault. */
  lags: number[]
  /** Of a body, on average. */
  bytes: number
}

/** Sends deliveries at a constant rate from a process of its own, and waits for the answers. */
export async function sendLoad(wish: LoadWish): Promise<LoadResult> {
  const program = fileURLToPath(new URL('load.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(wish)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout)) as LoadResult
}
