import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

/** A TypeScript program in a process of its own, watched through the lines that it prints. */
export interface Program {
  pid: number
  /** Everything that it has printed, line by line; standard error too. */
  lines: string[]
  /** The first line that begins so. */
  line(prefix: string, milliseconds?: number): Promise<string>
  /** Null while it runs. */
  exitCode(): number | null
  kill(signal: NodeJS.Signals): Promise<void>
  exited: Promise<void>
}

/** Starts the program at the URL, with the argument as JSON. */
export function startProgram(url: URL, argument: unknown): Program {
  return startNode(['--import', 'tsx', fileURLToPath(url), JSON.stringify(argument)])
}

/** Starts Node with these arguments; `environment` replaces this process's own. */
export function startNode(args: string[], environment?: Record<string, string | undefined>): Program {
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(environment === undefined ? {} : { env: environment }),
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  const exited = once(child, 'exit').then(() => undefined)
  return {
    pid: child.pid ?? 0,
    lines,
    exited,
    exitCode: () => child.exitCode,
    line: (prefix, milliseconds = 30_000) =>
      eventually(
        `a line that begins with "${prefix}" in:\n${lines.slice(-20).join('\n')}`,
        () => lines.find((line) => line.startsWith(prefix)),
        milliseconds,
      ),
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await exited
    },
  }
}
