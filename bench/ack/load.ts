import { createHmac, randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { pushBodies } from './push-bodies.ts'
import type { LoadResult, LoadWish } from './send-load.ts'

// The sender: a process of its own. Takes a LoadWish as JSON, prints a LoadResult.

const wish = JSON.parse(process.argv[2] ?? '{}') as LoadWish
const bodies = pushBodies(wish.repositories, 200)
const agent = new Agent({ keepAlive: true, maxSockets: 400 })
const total = wish.rate * wish.seconds
const result: LoadResult = {
  sent: total,
  accepted: [],
  failed: 0,
  latencies: [],
  lags: [],
  bytes: bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length,
}

await run()
process.stdout.write(JSON.stringify(result), () => process.exit(0))

/** By the clock: a slow answer holds nothing up, and what is sent late has waited since it was due. */
async function run(): Promise<void> {
  const sends: Promise<void>[] = []
  const start = performance.now() + 200
  while (sends.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * wish.rate) + 1)
    while (sends.length < due) sends.push(send(start + (sends.length / wish.rate) * 1000, sends.length))
    await sleep(1)
  }
  await Promise.all(sends)
}

async function send(due: number, number: number): Promise<void> {
  const body = bodies[number % bodies.length] ?? Buffer.alloc(0)
  const id = randomUUID()
  const signature = createHmac('sha256', wish.secret).update(body).digest('hex')
  result.lags.push(performance.now() - due)
  const status = await post(body, {
    'content-type': 'application/json',
    'content-length': body.length,
    'user-agent': 'GitHub-Hookshot/bench',
    'x-github-delivery': id,
    'x-github-event': 'push',
    'x-hub-signature-256': `sha256=${signature}`,
  })
  result.latencies.push(performance.now() - due)
  if (status >= 200 && status < 300) result.accepted.push(id)
  else result.failed++
}

function post(body: Buffer, headers: Record<string, string | number>): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(wish.url, { method: 'POST', agent, headers, timeout: 10_000 }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    })
    sent.once('timeout', () => sent.destroy())
    sent.once('error', () => resolve(0))
    sent.end(body)
  })
}
