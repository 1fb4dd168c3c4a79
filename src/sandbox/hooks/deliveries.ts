import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** What is to be sent. */
export interface Message {
  guid: string
  event: string
  action: string | null
  installationId: number | null
  repositoryId: number | null
  /** GitLab's hook that it goes to. */
  hookId?: number
  redelivery: boolean
  payload: Record<string, unknown>
}

/** One attempt to send it, as `GET /app/hook/deliveries` lists it. */
export interface DeliveryItem {
  id: number
  guid: string
  /** ISO 8601. */
  delivered_at: string
  redelivery: boolean
  /** Seconds. */
  duration: number
  status: string
  status_code: number
  event: string
  action: string | null
  installation_id: number | null
  repository_id: number | null
  throttled_at: string | null
}

export interface DeliveryResult {
  status: string
  statusCode: number
  /** Seconds. */
  duration: number
  requestHeaders: Record<string, string>
}

/** The app's deliveries of the last three days. */
export interface Deliveries {
  /** Attempts that were made, newest first: all, or those of one of GitLab's hooks. */
  list(hookId?: number): DeliveryItem[]
  /** With request and response, as `GET /app/hook/deliveries/{id}` shows it; null when there is none. */
  get(id: number): (DeliveryItem & Record<string, unknown>) | null
  /** Sends it once more, under the same GUID and a new id; false when there is no such delivery. */
  redeliver(id: number): boolean
}

/** The same, for the one who sends. */
export interface DeliveryLog extends Omit<Deliveries, 'redeliver'> {
  /** Remembers a message that will be sent; returns the attempt's id. */
  queue(message: Message): number
  done(id: number, result: DeliveryResult): void
  /** What was queued and never sent: the process was killed. Oldest first. */
  unsent(): { id: number; message: Message }[]
  message(id: number): Message | null
}

interface Attempt {
  offset: number
  length: number
  hookId: number | undefined
  /** Without the payload, which stays in the file. */
  item: DeliveryItem
  requestHeaders: Record<string, string>
  sent: boolean
}

type Line =
  | { type: 'queued'; id: number; at: string; message: Message }
  | { type: 'done'; id: number; result: DeliveryResult }

const THREE_DAYS_MS = 3 * 24 * 3_600_000
/** The file is rewritten when it is opened and larger than this, in bytes. */
const LARGE = 20_000_000

/** Opens the log of deliveries. Payloads stay on disk. */
export function openDeliveryLog(path: string): DeliveryLog {
  mkdirSync(dirname(path), { recursive: true })
  let size = 0
  let lastId = 10_000_000
  const attempts = new Map<number, Attempt>()

  function take(line: Line, offset: number, length: number): void {
    if (line.type === 'queued') {
      lastId = Math.max(lastId, line.id)
      attempts.set(line.id, newAttempt(line, offset, length))
      return
    }
    const attempt = attempts.get(line.id)
    if (attempt === undefined) return
    const { status, statusCode, duration, requestHeaders } = line.result
    attempt.item = { ...attempt.item, status, status_code: statusCode, duration }
    attempt.requestHeaders = requestHeaders
    attempt.sent = true
  }

  function write(line: Line): void {
    const text = `${JSON.stringify(line)}\n`
    appendFileSync(path, text)
    const length = Buffer.byteLength(text)
    take(line, size, length)
    size += length
  }

  function messageOf(attempt: Attempt): Message {
    const line = JSON.parse(readAt(path, attempt.offset, attempt.length)) as Line & { type: 'queued' }
    return line.message
  }

  for (const { text, offset, length } of openLines(path)) {
    const line = readLine(text)
    if (line !== null) take(line, offset, length)
    size = offset + length
  }

  return {
    queue: (message) => {
      const id = lastId + 1
      write({ type: 'queued', id, at: new Date().toISOString(), message })
      return id
    },
    done: (id, result) => write({ type: 'done', id, result }),
    list: (hookId) =>
      [...attempts.values()]
        .filter((attempt) => attempt.sent && (hookId === undefined || attempt.hookId === hookId))
        .map(({ item }) => item)
        .reverse(),
    get: (id) => {
      const attempt = attempts.get(id)
      if (attempt === undefined || !attempt.sent) return null
      return {
        ...attempt.item,
        url: '',
        request: { headers: attempt.requestHeaders, payload: messageOf(attempt).payload },
        response: { headers: {}, payload: '' },
      }
    },
    unsent: () =>
      [...attempts]
        .filter(([, { sent }]) => !sent)
        .map(([id, attempt]) => ({ id, message: messageOf(attempt) })),
    message: (id) => {
      const attempt = attempts.get(id)
      return attempt === undefined ? null : messageOf(attempt)
    },
  }
}

function newAttempt(line: Line & { type: 'queued' }, offset: number, length: number): Attempt {
  const { guid, event, action, installationId, repositoryId, redelivery } = line.message
  return {
    offset,
    length,
    hookId: line.message.hookId,
    sent: false,
    requestHeaders: {},
    item: {
      id: line.id,
      guid,
      delivered_at: line.at,
      redelivery,
      duration: 0,
      status: 'pending',
      status_code: 0,
      event,
      action,
      installation_id: installationId,
      repository_id: repositoryId,
      throttled_at: null,
    },
  }
}

/** The lines of the file with their places; first drops what is old when the file has become large. */
function openLines(path: string): { text: string; offset: number; length: number }[] {
  if (!existsSync(path)) return []
  if (statSync(path).size > LARGE) {
    const young = readFileSync(path, 'utf8').split('\n').filter(isYoung())
    writeFileSync(`${path}.new`, young.map((line) => `${line}\n`).join(''))
    renameSync(`${path}.new`, path)
  }
  const lines: { text: string; offset: number; length: number }[] = []
  let offset = 0
  const text = readFileSync(path, 'utf8')
  if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n')
  for (const line of text.split('\n')) {
    if (line === '') continue
    const length = Buffer.byteLength(line) + 1
    lines.push({ text: line, offset, length })
    offset += length
  }
  return lines
}

function isYoung(): (line: string) => boolean {
  const kept = new Set<number>()
  const limit = Date.now() - THREE_DAYS_MS
  return (text) => {
    const line = readLine(text)
    if (line === null) return false
    if (line.type === 'done') return kept.has(line.id)
    if (new Date(line.at).getTime() >= limit) kept.add(line.id)
    return kept.has(line.id)
  }
}

function readLine(text: string): Line | null {
  try {
    return JSON.parse(text) as Line
  } catch {
    return null
  }
}

function readAt(path: string, offset: number, length: number): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(length)
    readSync(file, buffer, 0, length, offset)
    return buffer.toString('utf8')
  } finally {
    closeSync(file)
  }
}
