import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Oid } from '../../src/domain/commit.ts'
import { changeTree, writeCommit } from '../../src/sandbox/git/write.ts'
import { graphqlRoutes } from '../../src/sandbox/github/graphql/routes.ts'
import type { ForgeEvent } from '../../src/sandbox/model/events.ts'
import { type Model, openModel } from '../../src/sandbox/model/model.ts'
import { changeRefs } from '../../src/sandbox/model/refs.ts'
import { createRepository } from '../../src/sandbox/model/repositories.ts'
import { accountSignature } from '../../src/sandbox/model/signatures.ts'
import type { Actor, KnownActor, Permissions, Repository } from '../../src/sandbox/model/types.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are as deep as the documents that ask for them
  data: any
  errors: { type?: string; path?: (string | number)[]; message: string }[]
}

export interface GraphqlWorld {
  model: Model
  /** `acme/manifests`, private, with `main` at `base`. */
  repository: Repository
  base: Oid
  /** Everything that happened, for looking at what webhooks would be sent. */
  events: ForgeEvent[]
  you: KnownActor
  /** An installation of the app on `acme` with these permissions. */
  installation(permissions: Permissions): KnownActor
  /** Asks over HTTP as somebody; by default as `you`. The document is judged by GitHub's own schema. */
  ask(query: string, variables?: Record<string, unknown>, actor?: Actor | 'nobody'): Promise<Answer>
  /** The same, and nothing may be wrong; gives the data. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  get(query: string, variables?: Record<string, unknown>, actor?: Actor): Promise<any>
  /** Writes files (null removes) as one commit onto a branch, which is made where there is none. */
  commit(branch: string, files: Record<string, string | Buffer | null>, message?: string): Promise<Oid>
}

/** The sandbox's GraphQL behind real HTTP, with one repository. Ends with the test. */
export async function graphqlWorld(
  t: TestContext,
  files: Record<string, string | Buffer> = {},
): Promise<GraphqlWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-graphql-'))
  const app = {
    id: 7,
    clientId: 'Iv1.x',
    slug: 'supercargo',
    name: 'Supercargo',
    permissions: {},
    events: [],
  }
  const model = openModel({ dataDir, app, baseUrl: null })
  const events: ForgeEvent[] = []
  model.onEvent((event) => events.push(event))
  const you: KnownActor = { kind: 'person', account: model.you }
  const repository = await createRepository(model, { owner: 'acme', name: 'manifests', private: true })
  const tokens = new Map<string, Actor>()

  const server = new Hono()
  const report = (error: unknown): void => assert.fail(error instanceof Error ? error : String(error))
  const actorOf = (header: string | undefined): Actor | null =>
    header === undefined ? { kind: 'anonymous' } : (tokens.get(header) ?? null)
  server.route(
    '/sandbox/github/api/graphql',
    graphqlRoutes({ model, report, actorOf: (context) => actorOf(context.req.header('authorization')) }),
  )
  const listening = serve({ fetch: server.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => listening.once('listening', resolve))
  const { port } = listening.address() as AddressInfo
  model.urls.setBase(`http://127.0.0.1:${port}`)
  t.after(() => {
    listening.close()
    model.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const fetch = withOracles()
  const ask: GraphqlWorld['ask'] = async (query, variables = {}, actor = you) => {
    const authorization = `bearer ${tokens.size}`
    if (actor !== 'nobody') tokens.set(authorization, actor)
    const response = await fetch(model.urls.graphql(), {
      method: 'POST',
      headers: actor === 'nobody' ? {} : { authorization },
      body: JSON.stringify({ query, variables }),
    })
    const body = (await response.json()) as Partial<Answer>
    const { status, headers } = response
    return { status, headers, data: body.data ?? null, errors: body.errors ?? [] }
  }
  const commit: GraphqlWorld['commit'] = async (branch, changes, message = 'Change something') => {
    const git = model.git(repository)
    const ref = `refs/heads/${branch}`
    const head = (await git.ref(ref)) ?? (await git.ref('refs/heads/main'))
    const parent = head === null ? null : await git.commit(head.oid)
    const entries = await Promise.all(
      Object.entries(changes).map(async ([path, content]) => ({
        path: path.replace(/^!/, ''),
        entry:
          content === null
            ? null
            : {
                mode: path.startsWith('!') ? '100755' : '100644',
                oid: await git.writeBlob(Buffer.from(content)),
              },
      })),
    )
    const signature = accountSignature(model.you, new Date())
    const oid = await writeCommit(git, {
      tree: await changeTree(git, parent?.tree ?? null, entries),
      parents: parent === null ? [] : [parent.oid],
      author: signature,
      committer: signature,
      message: `${message}\n`,
    })
    await changeRefs(model, repository, you, [{ ref, before: null, after: oid }])
    return oid
  }
  const base = await commit('main', { 'README.md': '# Manifests\n', ...files }, 'Begin')
  return {
    model,
    repository,
    base,
    events,
    you,
    ask,
    commit,
    get: async (query, variables, actor) => {
      const { data, errors } = await ask(query, variables, actor ?? you)
      assert.deepEqual(errors, [])
      return data
    },
    installation: (permissions) => {
      const now = model.now()
      const installation = {
        id: model.nextId(),
        accountId: repository.ownerId,
        permissions,
        events: [],
        repositories: 'all' as const,
        suspendedAt: null,
        createdAt: now,
        updatedAt: now,
      }
      return { kind: 'installation', account: model.bot, installation, permissions, repositories: null }
    },
  }
}
