import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { RepositoryId } from '../../src/domain/repository.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { createGitLabForge } from '../../src/forge/gitlab/gitlab-forge.ts'
import type { GitLabOptions } from '../../src/forge/gitlab/options.ts'
import { createGitLabSandbox, type GitLabSandbox } from '../../src/sandbox/gitlab/sandbox.ts'
import { createProject, ensureGroup, setMember } from '../../src/sandbox/gitlab/state/groups.ts'
import { listen } from '../../src/sandbox/listen.ts'
import { accountById, findRepository } from '../../src/sandbox/model/access.ts'
import type { Model } from '../../src/sandbox/model/model.ts'
import { protect } from '../../src/sandbox/model/protection.ts'
import { forkRepository } from '../../src/sandbox/model/repositories.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'
import { GITLAB } from './deviations.ts'
import type { ForgeWorld, Person } from './forge-world.ts'
import { judgeComplexity } from './gitlab-complexity.ts'

const YOU = 'a-persons-token'
export const BOT = 'glpat-the-bots-own-token'
const FORKER = { login: 'mallory', token: 'another-persons-token' }
const SILENT = { debug: () => undefined, warn: () => undefined }

export interface GitLabWorld extends ForgeWorld {
  model: Model
  /** Root of the instance: `http://127.0.0.1:…/sandbox/gitlab`. */
  url: string
  /** Another adapter for the same instance, which has read nothing yet: as after a restart. */
  again(options?: Partial<GitLabOptions>): Forge
}

/** The adapter with the bot's token, against the sandbox behind real HTTP; the oracles judge every request. */
export async function startGitLabWorld(t: TestContext): Promise<GitLabWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'supercargo-forge-'))
  const log = (error: unknown) => assert.fail(String(error))
  const sandbox = await createGitLabSandbox({ dataDir, token: YOU, bot: { token: BOT }, log })
  sandbox.addPerson(FORKER.login, FORKER.token)
  const server = await listen(sandbox)
  t.after(async () => {
    await server.close()
    sandbox.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const { model } = sandbox
  const url = `${server.url}/sandbox/gitlab`
  const seen: string[] = []
  const judged = withOracles()
  const counting: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    const call = `${init?.method ?? 'GET'} ${pathname.replace(/^\/sandbox\/gitlab\/api(?:\/v4)?/, '')}`
    // who the token belongs to is asked once, and of no project
    if (call !== 'GET /user') seen.push(call)
    if (pathname.endsWith('/graphql')) judgeComplexity(JSON.parse(String(init?.body)))
    return await judged(input, init)
  }
  const again = (options: Partial<GitLabOptions> = {}) =>
    createGitLabForge({
      id: 'gitlab',
      url,
      token: BOT,
      log: SILENT,
      fetch: counting,
      notesPerMinute: 1000,
      ...options,
    })
  return {
    model,
    url,
    again,
    forge: again(),
    deviations: GITLAB,
    person: createPerson(url, sandbox),
    createRepository: async (path) => {
      await createProject(model, path, { private: true })
      sandbox.addMember(path, model.bot.login, 40)
      return { forge: 'gitlab', path }
    },
    gitUrl: ({ path }) => `${url.replace('://', `://you:${YOU}@`)}/${path}.git`,
    requests: () => seen.splice(0),
  }
}

function createPerson(url: string, sandbox: GitLabSandbox): Person {
  const { model } = sandbox
  const call = async (method: string, path: string, endpoint: string, body?: object, token = YOU) => {
    const address = `${url}/api/v4/projects/${encodeURIComponent(path)}/${endpoint}`.replace(/\/$/, '')
    const response = await fetch(address, {
      method,
      headers: { 'private-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path} ${endpoint}: ${response.status} ${text}`)
    // biome-ignore lint/suspicious/noExplicitAny: the sandbox's own answers, judged elsewhere
    return (text === '' ? null : JSON.parse(text)) as any
  }
  const modelOf = ({ path }: RepositoryId) => {
    const slash = path.lastIndexOf('/')
    const found = findRepository(model, path.slice(0, slash), path.slice(slash + 1))
    assert.ok(found)
    return found
  }
  return {
    openPull: async ({ path }, { branch, base, title, draft }) => {
      const wish = { source_branch: branch, target_branch: base, title: draft ? `Draft: ${title}` : title }
      return (await call('POST', path, 'merge_requests', wish)).iid
    },
    closePull: async ({ path }, number) => {
      await call('PUT', path, `merge_requests/${number}`, { state_event: 'close' })
    },
    reopenPull: async ({ path }, number) => {
      await call('PUT', path, `merge_requests/${number}`, { state_event: 'reopen' })
    },
    updatePullBranch: async ({ path }, number) => {
      const { source_branch, target_branch } = await call('GET', path, `merge_requests/${number}`)
      const wish = { source_branch: target_branch, target_branch: source_branch, title: 'Catch up' }
      const { iid } = await call('POST', path, 'merge_requests', wish)
      await call('PUT', path, `merge_requests/${iid}/merge`, {})
    },
    comment: async ({ path }, number, body) =>
      (await call('POST', path, `merge_requests/${number}/notes`, { body })).id,
    numberOf: async ({ path }, number, body) =>
      (await call('GET', path, `merge_requests/${number}/notes?per_page=100`)).find(
        (each: { body: string }) => each.body === body,
      ).id,
    readReactions: async ({ path }, number, comment) => {
      const endpoint = `merge_requests/${number}/notes/${comment}/award_emoji`
      const found: { name: string; user: { username: string } }[] = await call('GET', path, endpoint)
      return found.map(({ name, user }) => `${name} by ${user.username}`)
    },
    grant: async ({ path }, login, access) => {
      sandbox.addMember(path, login, ({ read: 20, write: 30, maintain: 40, admin: 50 } as const)[access])
    },
    setTeam: async (path, logins) => {
      const group = ensureGroup(sandbox.model, path)
      for (const { accountId } of sandbox.model.tables.members.by(group.id)) {
        setMember(sandbox.model, group, accountById(sandbox.model, accountId).login, null)
      }
      for (const login of logins) setMember(sandbox.model, group, login, 30)
    },
    readReviewers: async ({ path }, number) => {
      const { reviewers } = await call('GET', path, `merge_requests/${number}`)
      return reviewers.map(({ username }: { username: string }) => username).sort()
    },
    readDeployments: async ({ path }, { environment, slot }) => {
      const name = encodeURIComponent(`${environment}/${slot}`)
      const [found] = await call('GET', path, `environments?name=${name}`)
      if (found === undefined) return []
      const order = 'order_by=id&sort=desc'
      const [newest] = await call('GET', path, `deployments?environment=${name}&${order}`)
      const { sha, status } = newest
      const word = { failed: 'failure' }[status as string] ?? status
      return [`${sha} ${word} ${found.external_url ?? ''}`.trim()]
    },
    deleteComments: async ({ path }, number) => {
      const notes = await call('GET', path, `merge_requests/${number}/notes?per_page=100`)
      for (const { id, system } of notes) {
        if (!system) await call('DELETE', path, `merge_requests/${number}/notes/${id}`)
      }
    },
    requireReview: async (repository, branch) => {
      protect(model, modelOf(repository), branch, { requiredApprovals: 1 })
    },
    check: async ({ path }, commit, name, state, ref = 'main') => {
      const word = { passed: 'success', failed: 'failed', pending: 'pending' }[state]
      await call('POST', path, `statuses/${commit}`, { name, ref, state: word })
    },
    requireChecks: async ({ path }) => {
      await call('PUT', path, '', { only_allow_merge_if_pipeline_succeeds: true })
    },
    openPullFromFork: async (repository, branch, base) => {
      const target = modelOf(repository)
      await forkRepository(model, target, FORKER.login)
      const fork = `${FORKER.login}/${repository.path.slice(repository.path.lastIndexOf('/') + 1)}`
      sandbox.addMember(fork, FORKER.login, 50)
      const actions = [{ action: 'create', file_path: 'fork.txt', content: 'mine' }]
      const wish = { branch, start_branch: base, commit_message: 'x', actions }
      await call('POST', fork, 'repository/commits', wish, FORKER.token)
      const request = {
        source_branch: branch,
        target_branch: base,
        target_project_id: target.id,
        title: 'From a fork',
      }
      return (await call('POST', fork, 'merge_requests', request, FORKER.token)).iid
    },
    readPull: async ({ path }, number) => {
      const { state, title, description } = await call('GET', path, `merge_requests/${number}`)
      return { state: state === 'opened' ? 'open' : state, title, body: description }
    },
  }
}
