import { spawn } from 'node:child_process'

/** Where git is looked for when the caller names no search path. */
export const DEFAULT_SEARCH_PATH = '/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin'

export interface GitResult {
  code: number
  stdout: Buffer
  stderr: string
}

/**
 * The whole environment of every git process: nobody's configuration, identity, hooks or prompts leak in.
 * @param searchPath directories where git is found, as in `PATH`
 */
export function gitEnvironment(searchPath: string): Record<string, string> {
  return {
    PATH: searchPath,
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Sandbox',
    GIT_AUTHOR_EMAIL: 'sandbox@noreply.github.com',
    GIT_COMMITTER_NAME: 'Sandbox',
    GIT_COMMITTER_EMAIL: 'sandbox@noreply.github.com',
  }
}

/** Runs git to its end. Never throws for an exit code; throws when git cannot be started. */
export function runGit(
  directory: string,
  args: readonly string[],
  options: { searchPath: string; input?: string | Buffer; env?: Record<string, string> },
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: directory,
      env: { ...gitEnvironment(options.searchPath), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin.on('error', () => {})
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
    )
    child.stdin.end(options.input ?? '')
  })
}
