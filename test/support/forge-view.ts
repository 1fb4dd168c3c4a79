import assert from 'node:assert/strict'
import { BOT, type TestGitLab } from './gitlab.ts'
import type { TestSandbox } from './sandbox.ts'

/** What the bot says about a commit, wherever its forge shows it. */
export interface ReportView {
  conclusion: 'success' | 'neutral' | 'failure' | null
  text: string
  annotations: number
}

/** What a test of the whole job looks at and does on a forge, through its API. */
export interface ForgeView {
  /** The branch that a request is to be merged into. */
  baseOf(path: string, number: number): Promise<string>
  /** The files that a request changes, with the lines that it adds and takes away. */
  changedFiles(path: string, number: number): Promise<[path: string, added: number, removed: number][]>
  /** Ids of the comments on a request. */
  commentIds(path: string, number: number): Promise<number[]>
  report(path: string, commit: string): Promise<ReportView>
  /** What an environment shows as deployed: commit and address. */
  deployments(path: string, environment: string, slot: string): Promise<string[]>
  /** How the newest deployment of an environment goes; null when it is over, or there is none. */
  deploymentState(path: string, environment: string, slot: string): Promise<string | null>
  /** Gives the repository another name. */
  renameRepository(path: string, name: string): Promise<void>
  /** As the bot, a branch with a commit: what is left when a write stops half-way. */
  halfOfAWrite(path: string, branch: string, base: string): Promise<void>
  /** Webhooks of this owner, from now on at the least. */
  listen(owner: string): Promise<{ event: string; payload: { ref?: string; object_kind?: string } }[]>
}

export function githubView(test: TestSandbox): ForgeView {
  const rest = async (method: string, path: string, below: string, body?: unknown, token?: string) => {
    const options = token === undefined ? {} : { token }
    const answer = await test.rest(method, `/repos/${path}${below}`, body, options)
    assert.ok(answer.status < 300, `${method} ${path}${below}: ${answer.status}`)
    return answer.body
  }
  return {
    baseOf: async (path, number) => (await rest('GET', path, `/pulls/${number}`)).base.ref,
    async changedFiles(path, number) {
      const files = await rest('GET', path, `/pulls/${number}/files`)
      return files.map((file: { filename: string; additions: number; deletions: number }) => [
        file.filename,
        file.additions,
        file.deletions,
      ])
    },
    async commentIds(path, number) {
      return (await rest('GET', path, `/issues/${number}/comments`)).map(({ id }: { id: number }) => id)
    },
    async report(path, commit) {
      const [run] = (await rest('GET', path, `/commits/${commit}/check-runs`)).check_runs
      const { title = '', summary = '', annotations_count: annotations = 0 } = run?.output ?? {}
      return { conclusion: run?.conclusion ?? null, text: `${title}\n${summary}`, annotations }
    },
    async deployments(path, environment, slot) {
      const shown: string[] = []
      const found = await rest('GET', path, `/deployments?environment=${environment}&task=deploy:${slot}`)
      for (const { id, sha } of found) {
        const [{ state, environment_url }] = await rest('GET', path, `/deployments/${id}/statuses`)
        if (state === 'success') shown.push(`${sha} ${environment_url}`)
      }
      return shown
    },
    async deploymentState(path, environment, slot) {
      const [newest] = await rest('GET', path, `/deployments?environment=${environment}&task=deploy:${slot}`)
      if (newest === undefined) return null
      const [{ state }] = await rest('GET', path, `/deployments/${newest.id}/statuses`)
      return state === 'inactive' ? null : state.replace('in_progress', 'running')
    },
    async renameRepository(path, name) {
      await rest('PATCH', path, '', { name })
    },
    async halfOfAWrite(path, branch, base) {
      const token = await test.token()
      await rest('POST', path, '/git/refs', { ref: `refs/heads/${branch}`, sha: base }, token)
      const contents = Buffer.from('half').toString('base64')
      const input = {
        branch: { repositoryNameWithOwner: path, branchName: branch },
        expectedHeadOid: base,
        message: { headline: 'Half' },
        fileChanges: { additions: [{ path: 'half.txt', contents }] },
      }
      const query =
        'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }'
      const response = await fetch(test.api.replace(/v3$/, 'graphql'), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input } }),
      })
      assert.equal(((await response.json()) as { errors?: unknown }).errors, undefined)
    },
    listen: async () => test.hooks.received,
  }
}

export function gitlabView(test: TestGitLab): ForgeView {
  const rest = async (method: string, path: string, below: string, body?: unknown, token?: string) => {
    const options = token === undefined ? {} : { token }
    const answer = await test.rest(method, `/projects/${encodeURIComponent(path)}${below}`, body, options)
    assert.ok(answer.status < 300, `${method} ${path}${below}: ${answer.status}`)
    return answer.body
  }
  return {
    baseOf: async (path, number) => (await rest('GET', path, `/merge_requests/${number}`)).target_branch,
    async changedFiles(path, number) {
      const files = await rest('GET', path, `/merge_requests/${number}/diffs`)
      const lines = (diff: string, sign: string) =>
        diff.split('\n').filter((line) => line.startsWith(sign)).length
      return files.map(({ new_path, diff }: { new_path: string; diff: string }) => [
        new_path,
        lines(diff, '+'),
        lines(diff, '-'),
      ])
    },
    async commentIds(path, number) {
      const notes: { id: number; system: boolean }[] = await rest(
        'GET',
        path,
        `/merge_requests/${number}/notes`,
      )
      return notes.filter(({ system }) => !system).map(({ id }) => id)
    },
    async report(path, commit) {
      const statuses = await rest('GET', path, `/repository/commits/${commit}/statuses?name=supercargo`)
      const [status] = statuses
      const threads = await rest('GET', path, `/repository/commits/${commit}/discussions`)
      const comments = threads.flatMap(({ notes }: { notes: { body: string }[] }) =>
        notes.map(({ body }) => body),
      )
      const [, conclusion = null] =
        /#supercargo-(success|neutral|failure)-/.exec(status?.target_url ?? '') ?? []
      return {
        conclusion: conclusion as ReportView['conclusion'],
        text: [status?.description, ...comments].join('\n'),
        annotations: 0,
      }
    },
    async deployments(path, environment, slot) {
      const name = encodeURIComponent(`${environment}/${slot}`)
      const [found] = await rest('GET', path, `/environments?name=${name}`)
      const [newest] = await rest('GET', path, `/deployments?environment=${name}&order_by=id&sort=desc`)
      return found === undefined ? [] : [`${newest.sha} ${found.external_url}`]
    },
    async deploymentState(path, environment, slot) {
      const name = encodeURIComponent(`${environment}/${slot}`)
      const [found] = await rest('GET', path, `/environments?name=${name}`)
      const [newest] = await rest('GET', path, `/deployments?environment=${name}&order_by=id&sort=desc`)
      return found === undefined ? null : newest.status.replace('failed', 'failure')
    },
    async renameRepository(path, name) {
      await rest('PUT', path, '', { path: name })
    },
    async halfOfAWrite(path, branch, base) {
      const actions = [{ action: 'create', file_path: 'half.txt', content: 'half' }]
      const wish = { branch, start_sha: base, commit_message: 'Half', actions }
      await rest('POST', path, '/repository/commits', wish, BOT)
    },
    listen: async (owner) => (await test.receiver(owner)).received,
  }
}
