import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { RepositoryId } from '../../src/domain/repository.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import type { GitHubOptions } from '../../src/forge/github/options.ts'
import { createSandbox, listen } from '../../src/sandbox/index.ts'
import { findRepository } from '../../src/sandbox/model/access.ts'
import { install } from '../../src/sandbox/model/installations.ts'
import type { Model } from '../../src/sandbox/model/model.ts'
import { protect } from '../../src/sandbox/model/protection.ts'
import { createRepository, forkRepository, setRole } from '../../src/sandbox/model/repositories.ts'
import { findTeam, setTeam, teamMembers } from '../../src/sandbox/model/teams.ts'
import { PRIVATE_KEY, SILENT } from '../forge/github/stub.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'
import { GITHUB } from './deviations.ts'
import type { ForgeWorld, Person } from './forge-world.ts'

export const TOKEN = 'a-persons-token'
const FORKER = { login: 'mallory', token: 'another-persons-token' }

export interface GitHubWorld extends ForgeWorld {
  forge: Forge
  model: Model
  apiUrl: string
  /** Another adapter for the same forge, which has read nothing yet: as after a restart. */
  again(options?: Partial<GitHubOptions>): Forge
}

/** The adapter with an app's credentials, against the sandbox behind real HTTP; the oracles judge every request. */
export async function startGitHubWorld(t: TestContext): Promise<GitHubWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'supercargo-forge-'))
  const app = { id: 1, slug: 'supercargo', key: PRIVATE_KEY }
  const sandbox = await createSandbox({
    dataDir,
    token: TOKEN,
    app,
    log: (error) => assert.fail(String(error)),
  })
  sandbox.addPerson(FORKER.login, FORKER.token)
  const server = await listen(sandbox)
  t.after(async () => {
    await server.close()
    sandbox.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const { model } = sandbox
  const root = `${server.url}/sandbox/github`
  const apiUrl = `${root}/api/v3`
  const seen: string[] = []
  const judged = withOracles()
  const counting: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const call = `${init?.method ?? 'GET'} ${url.pathname.replace(/^\/sandbox\/github\/api(?:\/v3)?/, '')}`
    if (!/\/installation$|\/access_tokens$/.test(call)) seen.push(call)
    return await judged(input, init)
  }
  const credentials = { appId: 1, privateKey: PRIVATE_KEY }
  const again = (options: Partial<GitHubOptions> = {}) =>
    createGitHubForge({
      id: 'github',
      apiUrl,
      credentials,
      log: SILENT,
      fetch: counting,
      spacing: false,
      ...options,
    })
  return {
    model,
    apiUrl,
    again,
    forge: again(),
    deviations: GITHUB,
    person: createPerson(apiUrl, model),
    createRepository: async (path) => {
      const [owner = '', name = ''] = path.split('/')
      await createRepository(model, { owner, name, private: true })
      install(model, owner, { permissions: { ...model.app.permissions, deployments: 'write' } })
      return { forge: 'github', path }
    },
    gitUrl: ({ path }) => `${root.replace('://', `://you:${TOKEN}@`)}/${path}.git`,
    requests: () => seen.splice(0),
  }
}

function createPerson(apiUrl: string, model: Model): Person {
  const call = async (method: string, path: string, body?: object, token = TOKEN) => {
    const response = await fetch(`${apiUrl}/repos/${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    // biome-ignore lint/suspicious/noExplicitAny: the sandbox's own answers, judged elsewhere
    return (text === '' ? null : JSON.parse(text)) as any
  }
  const modelOf = ({ path }: RepositoryId) => {
    const [owner = '', name = ''] = path.split('/')
    const found = findRepository(model, owner, name)
    assert.ok(found)
    return found
  }
  return {
    openPull: async ({ path }, { branch, ...wish }) =>
      (await call('POST', `${path}/pulls`, { ...wish, head: branch, body: '' })).number,
    closePull: async ({ path }, number) => {
      await call('PATCH', `${path}/pulls/${number}`, { state: 'closed' })
    },
    reopenPull: async ({ path }, number) => {
      await call('PATCH', `${path}/pulls/${number}`, { state: 'open' })
    },
    updatePullBranch: async ({ path }, number) => {
      await call('PUT', `${path}/pulls/${number}/update-branch`, {})
    },
    comment: async ({ path }, number, body) =>
      (await call('POST', `${path}/issues/${number}/comments`, { body })).id,
    numberOf: async ({ path }, number, body) =>
      (await call('GET', `${path}/issues/${number}/comments?per_page=100`)).find(
        (each: { body: string }) => each.body === body,
      ).id,
    readReactions: async ({ path }, _, comment) => {
      const found: { content: string; user: { login: string } }[] = await call(
        'GET',
        `${path}/issues/comments/${comment}/reactions`,
      )
      return found.map(({ content, user }) => `${content} by ${user.login.replace('[bot]', '')}`)
    },
    grant: async (repository, login, access) => setRole(model, modelOf(repository), login, access),
    setTeam: async (team, logins) => {
      const [organization = '', slug = ''] = team.split('/')
      setTeam(model, organization, slug, logins)
    },
    readReviewers: async ({ path }, number) => {
      const { users, teams } = await call('GET', `${path}/pulls/${number}/requested_reviewers`)
      const ofTeams = teams.flatMap(({ slug }: { slug: string }) => {
        const team = findTeam(model, path.split('/')[0] ?? '', slug)
        return team === null ? [] : teamMembers(model, team).map(({ login }) => login)
      })
      return [...users.map(({ login }: { login: string }) => login), ...ofTeams].sort()
    },
    readDeployments: async ({ path }, { environment, slot }) => {
      const query = new URLSearchParams({ environment, task: `deploy:${slot}` })
      const shown: string[] = []
      for (const { id, sha } of await call('GET', `${path}/deployments?${query}`)) {
        const [{ state, environment_url }] = await call('GET', `${path}/deployments/${id}/statuses`)
        const word = { in_progress: 'running' }[state as string] ?? state
        if (state !== 'inactive') shown.push(`${sha} ${word} ${environment_url}`.trim())
      }
      return shown
    },
    deleteComments: async ({ path }, number) => {
      const comments = await call('GET', `${path}/issues/${number}/comments?per_page=100`)
      for (const { id } of comments) await call('DELETE', `${path}/issues/comments/${id}`)
    },
    requireReview: async (repository, branch) => {
      protect(model, modelOf(repository), branch, { requiredApprovals: 1 })
    },
    check: async ({ path }, commit, context, state) => {
      const word = { passed: 'success', failed: 'failure', pending: 'pending' }[state]
      await call('POST', `${path}/statuses/${commit}`, { context, state: word })
    },
    requireChecks: async ({ path }, branch) => {
      await call('PUT', `${path}/branches/${branch}/protection`, {
        required_status_checks: { strict: false, contexts: ['test', 'lint'] },
        required_pull_request_reviews: null,
        enforce_admins: null,
        restrictions: null,
      })
    },
    openPullFromFork: async (repository, branch, base) => {
      setRole(model, modelOf(repository), FORKER.login, 'read')
      await forkRepository(model, modelOf(repository), FORKER.login)
      const fork = `${FORKER.login}/${repository.path.split('/')[1]}`
      const { object } = await call('GET', `${repository.path}/git/ref/heads/${base}`)
      const ref = { ref: `refs/heads/${branch}`, sha: object.sha }
      await call('POST', `${fork}/git/refs`, ref, FORKER.token)
      const content = Buffer.from('mine').toString('base64')
      await call('PUT', `${fork}/contents/fork.txt`, { message: 'x', content, branch }, FORKER.token)
      const wish = { title: 'From a fork', head: `${FORKER.login}:${branch}`, base, body: '' }
      return (await call('POST', `${repository.path}/pulls`, wish, FORKER.token)).number
    },
    readPull: async ({ path }, number) => {
      const { state, title, body } = await call('GET', `${path}/pulls/${number}`)
      return { state, title, body }
    },
  }
}
