import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { findPull } from '../../src/sandbox/model/pulls.ts'
import { type PagesWorld, pagesWorld } from './pages-world.ts'

async function csrfOf(url: string): Promise<string> {
  const text = await (await fetch(`${url}/acme/manifests/pull/1`)).text()
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
}

async function close({ url }: PagesWorld, headers: Record<string, string>, csrf: string): Promise<number> {
  const response = await fetch(`${url}/acme/manifests/pull/1/close`, {
    method: 'POST',
    body: new URLSearchParams({ csrf }),
    headers,
    redirect: 'manual',
  })
  return response.status
}

test('only a form of the sandbox’s own pages does something', async (t) => {
  const world = await pagesWorld(t)
  const { model, repository, url, pull } = world
  await pull('a', 'A')
  const csrf = await csrfOf(url)
  const { origin } = new URL(url)
  const state = () => findPull(model, repository, 1)?.state
  assert.equal(await close(world, { origin: 'https://evil.example' }, csrf), 403)
  assert.equal(await close(world, { origin: 'null' }, csrf), 403)
  assert.equal(await close(world, { origin, 'sec-fetch-site': 'cross-site' }, csrf), 403)
  assert.equal(await close(world, {}, csrf), 403)
  assert.equal(await close(world, { origin }, ''), 403)
  assert.equal(await close(world, { origin }, 'x'.repeat(csrf.length)), 403)
  assert.equal(state(), 'open')
  assert.equal(await close(world, { origin }, csrf), 303)
  assert.equal(state(), 'closed')
})

test('a name of somebody else that leads to this machine is refused', async (t) => {
  const { url } = await pagesWorld(t)
  const { port, pathname } = new URL(url)
  const status = await new Promise((resolve) => {
    const headers = { host: `evil.example:${port}` }
    request({ host: '127.0.0.1', port, path: pathname, headers }, (answer) =>
      resolve(answer.statusCode),
    ).end()
  })
  assert.equal(status, 421)
})

test('a sandbox that others can reach asks for its token', async (t) => {
  const { url } = await pagesWorld(t, { loopback: false, token: 'secret-token' })
  const answer = await fetch(url)
  assert.equal(answer.status, 401)
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic/)
  assert.doesNotMatch(await answer.text(), /acme/)
  const authorization = `Basic ${Buffer.from('x:secret-token').toString('base64')}`
  const known = await fetch(url, { headers: { authorization } })
  assert.equal(known.status, 200)
  assert.match(await known.text(), /acme\/manifests/)
})

test('every page forbids scripts, frames and foreign resources, and is not kept', async (t) => {
  const { url } = await pagesWorld(t)
  for (const path of ['', '/acme/manifests', '/acme/manifests/none', '/-/style.css']) {
    const { headers } = await fetch(`${url}${path}`)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }
})

test('what is not there is said with 404, and nothing breaks', async (t) => {
  const { url } = await pagesWorld(t)
  const wrong = [
    'none',
    'manifests/pull/9',
    'manifests/tree/none',
    'manifests/commit/zzz',
    'manifests/runs/1',
  ]
  for (const path of wrong) {
    const response = await fetch(`${url}/acme/${path}`)
    assert.equal(response.status, 404, path)
    assert.match(await response.text(), /Not found/)
  }
  assert.equal((await fetch(`${url}/acme/manifests/blob/main/../../x`)).status, 404)
  assert.equal((await fetch(`${url}/`)).status, 200)
})

test('branches with slashes and paths with odd characters are found', async (t) => {
  const { url, commit } = await pagesWorld(t)
  await commit('feature/x/y', { 'dir/ä #1?.txt': 'found me\n' })
  const tree = await (await fetch(`${url}/acme/manifests/tree/feature/x/y/dir`)).text()
  const href = /href="([^"]+%231%3F\.txt)"/.exec(tree)?.[1]
  assert.ok(href)
  assert.match(await (await fetch(new URL(href, url))).text(), /found me/)
})
