import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { chromium, type Page } from 'playwright-core'
import type { Oid } from '../../src/domain/commit.ts'
import type { Auth } from '../../src/sandbox/auth.ts'
import { changeTree, writeCommit } from '../../src/sandbox/git/write.ts'
import { type Model, openModel } from '../../src/sandbox/model/model.ts'
import { openPull } from '../../src/sandbox/model/pulls.ts'
import { changeRefs } from '../../src/sandbox/model/refs.ts'
import { createRepository } from '../../src/sandbox/model/repositories.ts'
import { accountSignature } from '../../src/sandbox/model/signatures.ts'
import type { KnownActor, PullRequest, Repository } from '../../src/sandbox/model/types.ts'
import { pagesRoutes } from '../../src/sandbox/pages/routes.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why pages cannot be looked at, for `skip`; false when they can. */
export function chromiumMissing(): string | false {
  return existsSync(CHROMIUM) ? false : `${CHROMIUM} is not there: apt-get install chromium.`
}

export interface PagesWorld {
  model: Model
  /** `acme/manifests`, private. */
  repository: Repository
  bot: KnownActor
  /** Address of the pages, without a slash at the end. */
  url: string
  /** Writes files as one commit onto a branch, which is made from main where there is none. */
  commit(branch: string, files: Record<string, string>, message?: string): Promise<Oid>
  /** Opens a pull request of the bot's from a branch that changes one file. */
  pull(branch: string, body: string, files?: Record<string, string>): Promise<PullRequest>
}

/** The sandbox's pages behind real HTTP. Ends with the test. */
export async function pagesWorld(
  t: TestContext,
  options: { loopback?: boolean; token?: string } = {},
): Promise<PagesWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-pages-'))
  const app = {
    id: 7,
    clientId: 'Iv1.x',
    slug: 'supercargo',
    name: 'Supercargo',
    permissions: {},
    events: [],
  }
  const model = openModel({ dataDir, app, baseUrl: null })
  const you: KnownActor = { kind: 'person', account: model.you }
  const bot: KnownActor = { kind: 'person', account: model.bot }
  const basic = `Basic ${Buffer.from(`x:${options.token}`).toString('base64')}`
  const auth: Auth = {
    actor: (header) => (header === basic && options.token ? you : header ? null : { kind: 'anonymous' }),
  }
  const server = new Hono()
  server.route('/sandbox/github', pagesRoutes({ model, auth, loopback: options.loopback ?? true }))
  const listening = serve({ fetch: server.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => listening.once('listening', resolve))
  model.urls.setBase(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`)
  t.after(() => {
    listening.close()
    model.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const repository = await createRepository(model, { owner: 'acme', name: 'manifests', private: true })

  const commit: PagesWorld['commit'] = async (branch, files, message = 'Change something') => {
    const git = model.git(repository)
    const ref = `refs/heads/${branch}`
    const head = (await git.ref(ref)) ?? (await git.ref('refs/heads/main'))
    const parent = head === null ? null : await git.commit(head.oid)
    const entries = Object.entries(files).map(async ([path, content]) => ({
      path,
      entry: { mode: '100644', oid: await git.writeBlob(Buffer.from(content)) },
    }))
    const author = accountSignature(model.you, new Date())
    const tree = await changeTree(git, parent?.tree ?? null, await Promise.all(entries))
    const parents = parent === null ? [] : [parent.oid]
    const oid = await writeCommit(git, { tree, parents, author, committer: author, message: `${message}\n` })
    await changeRefs(model, repository, you, [{ ref, before: null, after: oid }])
    return oid
  }
  await commit('main', { 'README.md': '# Manifests\n', 'apps/web.yaml': 'newTag: aaaaaaa\n' }, 'Begin')
  return {
    model,
    repository,
    bot,
    url: model.urls.html(),
    commit,
    pull: async (branch, body, files = { 'apps/web.yaml': 'newTag: bbbbbbb\n' }) => {
      await commit(branch, files, 'Set web to bbbbbbb')
      return await openPull(model, repository, bot, {
        title: 'Set web to bbbbbbb',
        body,
        head: branch,
        base: 'main',
      })
    },
  }
}

/** A headless browser's page. Fails the test when the page runs a script, loads foreign things or is refused one. */
export async function browse(t: TestContext, url: string): Promise<{ page: Page; complaints: string[] }> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  t.after(() => browser.close())
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(url).host && !request.url().startsWith('data:')) {
      complaints.push(`foreign request: ${request.url()}`)
    }
  })
  await page.goto(url)
  return { page, complaints }
}
