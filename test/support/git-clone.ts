import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface GitOutput {
  code: number
  stdout: string
  stderr: string
}

/** A working copy, handled with the real `git` client as a person would. */
export class GitClone {
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  /** Clones into a fresh temporary directory. */
  static async open(url: string, ...args: string[]): Promise<GitClone> {
    const directory = await mkdtemp(join(tmpdir(), 'supercargo-clone-'))
    const clone = new GitClone(directory)
    await clone.git('clone', '--quiet', ...args, url, '.')
    return clone
  }

  /** Runs git; throws when it fails. Returns what it prints, without the last line feed. */
  async git(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(...args)
    if (code !== 0) throw new Error(`git ${args.join(' ')} failed (${code}):\n${stderr}`)
    return stdout.trimEnd()
  }

  /** Runs git and returns how it ended. */
  async try(...args: string[]): Promise<GitOutput> {
    return await runGit(this.directory, args)
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.directory, path)), { recursive: true })
    await writeFile(join(this.directory, path), text)
  }

  /** Writes the files (null removes) and commits; returns the commit's id. */
  async commit(files: Record<string, string | null>, message = 'A change'): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      if (text === null) await this.git('rm', '--quiet', path)
      else await this.write(path, text)
    }
    await this.git('add', '--all')
    await this.git('commit', '--quiet', '--allow-empty', '-m', message)
    return await this.git('rev-parse', 'HEAD')
  }

  async push(...args: string[]): Promise<void> {
    await this.git('push', '--quiet', ...(args.length === 0 ? ['origin', 'HEAD'] : args))
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A clone that lives for seconds needs none, and every commit and fetch would begin with a look whether it does. */
const WITHOUT_UPKEEP = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto',
  GIT_CONFIG_VALUE_0: 'false',
}

/** Runs git as a person without any configuration of their own. */
export function runGit(directory: string, args: readonly string[]): Promise<GitOutput> {
  return new Promise((resolve) => {
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Dana Developer',
      GIT_AUTHOR_EMAIL: 'dana@acme.dev',
      GIT_COMMITTER_NAME: 'Dana Developer',
      GIT_COMMITTER_EMAIL: 'dana@acme.dev',
      ...WITHOUT_UPKEEP,
    }
    execFile('git', args, { cwd: directory, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, stdout, stderr })
    })
  })
}
