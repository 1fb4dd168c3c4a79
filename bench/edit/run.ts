import { spawnSync } from 'node:child_process'

/** What a program took: seconds of CPU (user and system) and of the clock, and MB of memory at most. */
export interface Usage {
  cpu: number
  wall: number
  /** Null where it is many processes. */
  peak: number | null
  stdout: string
}

const REPORT = `data:text/javascript,${encodeURIComponent(
  `import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,JSON.stringify(process.resourceUsage())))`,
)}`

/** Runs a program of node. Throws when it does not end with 0. */
export function runNode(args: string[]): Usage {
  const { stdout, extra, wall } = run(process.execPath, ['--import', REPORT, ...args], 3)
  const usage = JSON.parse(extra) as { userCPUTime: number; systemCPUTime: number; maxRSS: number }
  return { cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6, wall, peak: usage.maxRSS / 1024, stdout }
}

/** Runs a script of the shell, and counts what all that it starts takes. */
export function runShell(script: string, args: string[]): Usage {
  const { stdout, extra, wall } = run('bash', ['-c', `set -e; ${script}; times >&3`, 'bash', ...args], 3)
  const seconds = [...extra.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s))
  return { cpu: seconds.reduce((sum, each) => sum + each, 0), wall, peak: null, stdout }
}

function run(command: string, args: string[], reportOn: number) {
  const started = performance.now()
  const { status, stdout, stderr, output } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env.PATH ?? '' },
  })
  const wall = (performance.now() - started) / 1000
  if (status !== 0)
    throw new Error(`${command} ${args.slice(0, 3).join(' ')} ended with ${status}: ${stderr}`)
  return { stdout, extra: output[reportOn] ?? '', wall }
}
