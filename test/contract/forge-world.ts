import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { RepositoryId } from '../../src/domain/repository.ts'
import type { Check } from '../../src/forge/checks.ts'
import type { Access, DeploymentPlace } from '../../src/forge/feedback.ts'
import type { BranchState, Forge, ManifestQuery, OpenChangeRequest } from '../../src/forge/forge.ts'
import type { Deviations } from './deviations.ts'

/** What a person does on a forge through its own pages or API. */
export interface Person {
  openPull(
    repository: RepositoryId,
    wish: { branch: string; base: string; title: string; draft?: boolean },
  ): Promise<number>
  closePull(repository: RepositoryId, number: number): Promise<void>
  reopenPull(repository: RepositoryId, number: number): Promise<void>
  /** Merges the base into the branch: the button "Update branch". */
  updatePullBranch(repository: RepositoryId, number: number): Promise<void>
  /** Gives the number of the comment. */
  comment(repository: RepositoryId, number: number, body: string): Promise<number>
  /** The number of the comment with this text. */
  numberOf(repository: RepositoryId, number: number, body: string): Promise<number>
  deleteComments(repository: RepositoryId, number: number): Promise<void>
  /** From now on a pull request into this branch needs a review. */
  requireReview(repository: RepositoryId, branch: string): Promise<void>
  /** What a CI says of a commit of this branch. */
  check(
    repository: RepositoryId,
    commit: string,
    name: string,
    state: Check['state'],
    branch?: string,
  ): Promise<void>
  /** From now on a pull request into this branch needs `test` and `lint`, as far as the forge can say that. */
  requireChecks(repository: RepositoryId, branch: string): Promise<void>
  /** A pull request from a fork, whose branch has this name. */
  openPullFromFork(repository: RepositoryId, branch: string, base: string): Promise<number>
  /** How the forge shows the reactions to a comment: `name by login`. */
  readReactions(repository: RepositoryId, number: number, comment: number): Promise<string[]>
  /** Makes somebody a member of the repository; an account is made where there is none. */
  grant(repository: RepositoryId, login: string, access: Exclude<Access, 'none'>): Promise<void>
  /** Makes a team (on GitLab a group, `acme/sre`) of these people and nobody else. */
  setTeam(team: string, logins: string[]): Promise<void>
  /** Logins of who is asked for a review, sorted; of teams their members. */
  readReviewers(repository: RepositoryId, number: number): Promise<string[]>
  /** What is deployed, as the forge shows it: `commit state url`. */
  readDeployments(repository: RepositoryId, place: DeploymentPlace): Promise<string[]>
  /** How the forge shows a pull request: its state, its body, and whether it was merged. */
  readPull(repository: RepositoryId, number: number): Promise<{ state: string; title: string; body: string }>
}

/** A forge with the bot's access to everything in it, for one test. */
export interface ForgeWorld {
  forge: Forge
  deviations: Deviations
  person: Person
  /** Another adapter for the same forge, which has read nothing yet: as after a restart. */
  again(): Forge
  createRepository(path: string): Promise<RepositoryId>
  /** URL for git with a person's credentials. */
  gitUrl(repository: RepositoryId): string
  /** Requests of the adapter since the last call, `METHOD path`, without those for tokens. */
  requests(): string[]
}

export type StartForge = (t: TestContext) => Promise<ForgeWorld>

const run = promisify(execFile)

/** A person's clone of a repository, worked on with the ordinary git client. */
export interface Clone {
  /** Runs git, and gives what it prints. */
  git(...args: string[]): Promise<string>
  /** Writes files (null removes) and commits them; gives the commit. */
  commit(files: Record<string, string | Buffer | null>, message?: string): Promise<string>
  /** The same, and pushes the branch. */
  push(files: Record<string, string | Buffer | null>, message?: string): Promise<string>
  /** Takes over a branch as the forge has it. */
  checkout(branch: string): Promise<void>
  /** The files of a branch on the forge, with modes, as `git ls-tree` lists them: `100644 path`. */
  list(branch: string): Promise<string[]>
  /** The text of a file on the forge. */
  show(branch: string, path: string): Promise<string>
  directory: string
}

export async function cloneOf(t: TestContext, world: ForgeWorld, repository: RepositoryId): Promise<Clone> {
  const directory = await mkdtemp(join(tmpdir(), 'supercargo-clone-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  }
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: directory, env, maxBuffer: 1 << 26 })).stdout.trimEnd()
  await git('init', '--quiet', '--initial-branch', 'main')
  await git('remote', 'add', 'origin', world.gitUrl(repository))
  const clone: Clone = {
    directory,
    git,
    async commit(files, message = 'Change something') {
      for (const [path, content] of Object.entries(files)) {
        const file = join(directory, path)
        await mkdir(dirname(file), { recursive: true })
        if (content === null) await rm(file)
        else await writeFile(file, content)
      }
      await git('add', '--all')
      await git('commit', '--quiet', '--allow-empty', '--message', message)
      return await git('rev-parse', 'HEAD')
    },
    async push(files, message) {
      const oid = await clone.commit(files, message)
      await git('push', '--quiet', 'origin', 'HEAD')
      return oid
    },
    async checkout(branch) {
      await git('fetch', '--quiet', '--prune', 'origin')
      await git('checkout', '--quiet', '-B', branch, `origin/${branch}`)
    },
    async list(branch) {
      await git('fetch', '--quiet', '--prune', 'origin')
      const lines = (await git('ls-tree', '-r', `origin/${branch}`)).split('\n')
      return lines.map((line) => line.replace(/^(\d+) \w+ \w+\t/, '$1 '))
    },
    async show(branch, path) {
      await git('fetch', '--quiet', '--prune', 'origin')
      return await git('show', `origin/${branch}:${path}`)
    },
  }
  return clone
}

export const BRANCH = 'supercargo/web/staging'
export const FILE = 'apps/web/staging/kustomization.yaml'

/** A manifest repository with one environment, the person's clone of it, and its first commit. */
export async function manifestsOf(t: TestContext, world: ForgeWorld, files: Record<string, string> = {}) {
  const repository = await world.createRepository('acme/k8s-manifests')
  const clone = await cloneOf(t, world, repository)
  const base = await clone.push({ 'README.md': '# Manifests\n', [FILE]: 'newTag: a\n', ...files })
  const read = () => world.forge.readManifests(repository, manifestQuery())
  const state = async () => {
    const found = (await read()).changeRequests[BRANCH]
    assert.ok(found)
    return found
  }
  /** The state once the forge has decided whether the open change request may be merged. */
  const judged = async (): Promise<BranchState> => {
    for (let tries = 0; ; tries++) {
      const found = await state()
      if (found.open?.mergeability !== 'pending' || tries === 5) return found
    }
  }
  world.requests()
  return { repository, clone, base, read, state, judged }
}

export function manifestQuery(query: Partial<ManifestQuery> = {}): ManifestQuery {
  return {
    branch: null,
    files: ['.supercargo/policy.yml'],
    directories: [{ path: 'apps/web/staging', texts: true, history: 0 }],
    changeRequestBranches: [BRANCH],
    ...query,
  }
}

/** The wish to set a tag in FILE. */
export function opening(
  baseOid: string,
  tag = 'b',
  wish: Partial<OpenChangeRequest> = {},
): OpenChangeRequest {
  return {
    branch: BRANCH,
    base: 'main',
    baseOid,
    leftover: null,
    title: `Set web to ${tag}`,
    body: `From a to ${tag}.`,
    commit: {
      message: `Set web to ${tag}\n\nBecause of a test.\n\nSupercargo-Tag: ${tag}`,
      changes: [{ path: FILE, content: `newTag: ${tag}\n` }],
    },
    ...wish,
  }
}

/** Asserts that a promise is refused as a lost race. */
export async function assertConflict(promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, { name: 'SupercargoError', kind: 'conflict' })
}
