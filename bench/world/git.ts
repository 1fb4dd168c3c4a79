import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A person's environment, without any configuration of their own. */
export const GIT_ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Dana Developer',
  GIT_AUTHOR_EMAIL: 'dana@acme.dev',
  GIT_COMMITTER_NAME: 'Dana Developer',
  GIT_COMMITTER_EMAIL: 'dana@acme.dev',
}

/** Runs git in a directory; returns what it prints, and throws when it fails. */
export function git(directory: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      args,
      { cwd: directory, env: GIT_ENVIRONMENT, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(`git ${args.join(' ')} failed: ${stderr}`))
      },
    )
  })
}

/** Pushes the files as the first commit on main; 50,000 of them take a few seconds. */
export async function pushFiles(files: ReadonlyMap<string, string>, url: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-bench-git-'))
  try {
    await git(directory, ['init', '--quiet', '--bare', '.'])
    await importFiles(directory, files)
    await git(directory, ['push', '--quiet', url, 'refs/heads/main'])
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

function importFiles(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const person = 'Dana Developer <dana@acme.dev> 1767225600 +0000'
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['fast-import', '--quiet'], {
      cwd: directory,
      env: GIT_ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`git fast-import: ${code}`))))
    child.stdin.write(`commit refs/heads/main\ncommitter ${person}\n${data('First commit')}`)
    for (const [path, text] of files) child.stdin.write(`M 100644 inline ${path}\n${data(text)}`)
    child.stdin.end('done\n')
  })
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
