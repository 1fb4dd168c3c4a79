import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { parseImageName } from '../../../src/domain/image.ts'
import { createHarborScans } from '../../../src/registry/harbor/read-scan.ts'
import { accessTo } from '../../support/registry-client.ts'

const digest = `sha256:${'a'.repeat(64)}`
const GENERIC = 'application/vnd.security.vulnerability.report; version=1.1'
const ROBOT = { kind: 'basic', username: 'robot$acme+supercargo', password: 'tide-and-anchor' } as const
/** As `Errors` in https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml */
const errors = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] })

let asked: IncomingMessage[] = []
let answer: (response: ServerResponse) => void
const server = createServer((request, response) => {
  asked.push(request)
  answer(response)
})
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
after(() => server.close())
beforeEach(() => {
  asked = []
})

test('the artifact is asked for by its digest, by the robot of the registry, with the name encoded twice', async () => {
  answer = (response) => response.end(artifact({ [GENERIC]: success }))
  const scan = await ask('team/deep/web', ROBOT)
  assert.deepEqual(scan, { state: 'done', worst: 'high', counts: { high: 1 } })
  const [request] = asked
  assert.equal(
    request?.url,
    `/api/v2.0/projects/team/repositories/deep%252Fweb/artifacts/${digest}?with_scan_overview=true&with_tag=false`,
  )
  assert.match(String(request?.headers['x-accept-vulnerabilities']), /vulnerability\.report; version=1\.1, /)
  const authorization = Buffer.from(`${ROBOT.username}:${ROBOT.password}`).toString('base64')
  assert.equal(request?.headers.authorization, `Basic ${authorization}`)
})

test('a project that everybody may read is asked about as nobody', async () => {
  answer = (response) => response.end(artifact(undefined))
  assert.deepEqual(await ask('library/web', null), { state: 'none' })
  assert.equal(asked[0]?.headers.authorization, undefined)
})

test('each refusal says what a person can do', async () => {
  for (const [status, body, code, kind, advice] of [
    [403, errors('FORBIDDEN', 'forbidden'), 'registry-denied', 'permanent', /permission to read artifacts/],
    [401, errors('UNAUTHORIZED', 'unauthorized'), 'registry-denied', 'permanent', /correct its secret/],
    [404, errors('NOT_FOUND', 'artifact not found'), 'manifest-not-found', 'permanent', /may read artifacts/],
    [404, '<html>nginx</html>', 'scan-unsupported', 'permanent', /only where it is one/],
    [200, '<html>Harbor</html>', 'registry-answer-invalid', 'transient', /address/],
    [
      200,
      JSON.stringify({ digest: `sha256:${'b'.repeat(64)}` }),
      'registry-answer-invalid',
      'transient',
      /address/,
    ],
    [200, ' '.repeat(2 * 1024 * 1024), 'registry-answer-invalid', 'transient', /address/],
    [502, '', 'registry-unavailable', 'transient', undefined],
  ] as const) {
    answer = (response) => response.writeHead(status).end(body)
    await assert.rejects(ask('acme/web', ROBOT), (error: { code: string; kind: string; advice?: string }) => {
      assert.deepEqual([error.code, error.kind], [code, kind])
      if (advice !== undefined) assert.match(error.advice ?? '', advice)
      return true
    })
  }
})

test('Harbor is asked again when it says', async () => {
  answer = (response) => response.writeHead(429, { 'retry-after': '120' }).end()
  const now = new Date('2026-03-01T10:00:00Z')
  await assert.rejects(ask('acme/web', ROBOT, { clock: () => now }), {
    code: 'rate-limited',
    retryAt: new Date('2026-03-01T10:02:00Z'),
  })
})

test("another origin's answer is not Harbor's, and does not see the robot's secret", async () => {
  let seen: string | undefined = 'not asked'
  const elsewhere = createServer((request, response) => {
    seen = request.headers.authorization
    response.end(artifact({ [GENERIC]: { ...success, severity: 'None', summary: null } }))
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const target = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
  answer = (response) => response.writeHead(302, { location: target }).end()
  await assert.rejects(ask('acme/web', ROBOT), { kind: 'permanent' })
  // The same where a redirect is followed, as one by https is.
  const followed: typeof fetch = async (url, init) =>
    await fetch(String(url).replace('https://elsewhere.test/', target), init)
  answer = (response) => response.writeHead(302, { location: 'https://elsewhere.test/' }).end()
  await assert.rejects(ask('acme/web', ROBOT, { fetch: followed }), { code: 'scan-unsupported' })
  assert.equal(seen, undefined)
  elsewhere.close()
})

test('a Harbor that does not answer in time is asked again later', async () => {
  answer = () => {}
  await assert.rejects(ask('acme/web', ROBOT, { timeout: 50 }), {
    code: 'registry-unavailable',
    kind: 'transient',
  })
  server.closeAllConnections()
})

test('a registry that is no Harbor has no scanner to ask', async () => {
  const scans = createHarborScans([])
  await assert.rejects(scans.readScan(parseImageName('ghcr.io/acme/web'), digest), {
    code: 'scan-unsupported',
    kind: 'permanent',
    message: 'Supercargo knows no scanner of the registry ghcr.io.',
  })
})

const success = {
  report_id: '5f62c830-f996-11e9-957f-0242c0a89008',
  scan_status: 'Success',
  severity: 'High',
  summary: { total: 1, fixable: 0, summary: { High: 1 } },
}

function artifact(overview: object | undefined): string {
  return JSON.stringify({ id: 1, type: 'IMAGE', digest, project_id: 2, tags: null, scan_overview: overview })
}

function ask(
  repository: string,
  credentials: typeof ROBOT | null,
  more: Parameters<typeof accessTo>[2] = {},
) {
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const scans = createHarborScans([accessTo({ host, url: `http://${host}` }, credentials, more)])
  return scans.readScan(parseImageName(`${host}/${repository}`), digest)
}
