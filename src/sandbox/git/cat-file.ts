import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Oid } from '../../domain/commit.ts'
import type { ObjectType } from './objects.ts'
import { gitEnvironment } from './run.ts'

/** An idle process is ended after this many milliseconds. */
const IDLE_MS = 5_000

export interface CatFile {
  contents(oid: Oid): Promise<{ type: ObjectType; bytes: Buffer } | null>
  info(expression: string): Promise<{ oid: Oid; type: ObjectType; size: number } | null>
  close(): void
}

interface Waiting {
  contents: boolean
  resolve: (answer: { oid: Oid; type: ObjectType; size: number; bytes: Buffer } | null) => void
  reject: (error: Error) => void
}

/** One long-lived `git cat-file --batch-command`, started when it is first asked and ended when it is idle. */
export function openCatFile(directory: string, searchPath: string): CatFile {
  let child: ChildProcessWithoutNullStreams | null = null
  let waiting: Waiting[] = []
  let idle: NodeJS.Timeout | null = null

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn('git', ['cat-file', '--batch-command'], {
      cwd: directory,
      env: gitEnvironment(searchPath),
    })
    const parse = batchParser((answer) => {
      const next = waiting.shift()
      next?.resolve(answer)
      return waiting[0]?.contents ?? false
    })
    started.stdout.on('data', (chunk: Buffer) => parse(chunk, waiting[0]?.contents ?? false))
    started.stderr.resume()
    started.stdin.on('error', () => {})
    started.on('error', (error) => fail(started, error))
    started.on('close', () => fail(started, new Error('git cat-file ended.')))
    started.unref()
    return started
  }

  function fail(ended: ChildProcessWithoutNullStreams, error: Error): void {
    if (child !== ended) return
    child = null
    const left = waiting
    waiting = []
    for (const { reject } of left) reject(error)
  }

  function ask(command: string, contents: boolean): Promise<Parameters<Waiting['resolve']>[0]> {
    return new Promise((resolve, reject) => {
      child ??= start()
      if (idle !== null) clearTimeout(idle)
      idle = setTimeout(close, IDLE_MS).unref()
      waiting.push({ contents, resolve, reject })
      child.stdin.write(command)
    })
  }

  function close(): void {
    if (waiting.length > 0) {
      idle = setTimeout(close, IDLE_MS).unref()
      return
    }
    if (idle !== null) clearTimeout(idle)
    const ending = child
    child = null
    ending?.stdin.end()
  }

  return {
    contents: (oid) => ask(`contents ${oid}\n`, true),
    info: async (expression) => {
      if (/[\n\0]/.test(expression) || expression === '') return null
      return await ask(`info ${expression}\n`, false)
    },
    close,
  }
}

/** Cuts the output of `--batch-command` into answers: a line, and after `contents` the object's bytes. */
function batchParser(
  deliver: (answer: { oid: Oid; type: ObjectType; size: number; bytes: Buffer } | null) => boolean,
): (chunk: Buffer, contents: boolean) => void {
  let chunks: Buffer[] = []
  let length = 0
  let needed = 0
  return (chunk, first) => {
    chunks.push(chunk)
    length += chunk.length
    if (length < needed) return
    let buffer = Buffer.concat(chunks)
    let contents = first
    needed = 0
    for (;;) {
      const end = buffer.indexOf(0x0a)
      if (end === -1) break
      const words = buffer.toString('utf8', 0, end).split(' ')
      const [oid = '', type = '', size = ''] = words
      const found = words.length === 3 && /^[0-9a-f]{40,64}$/.test(oid) && /^\d+$/.test(size)
      const total = end + 1 + (found && contents ? Number(size) + 1 : 0)
      if (buffer.length < total) {
        needed = total
        break
      }
      const bytes = found && contents ? Buffer.from(buffer.subarray(end + 1, total - 1)) : Buffer.alloc(0)
      buffer = buffer.subarray(total)
      contents = deliver(found ? { oid, type: type as ObjectType, size: Number(size), bytes } : null)
    }
    chunks = [buffer]
    length = buffer.length
  }
}
