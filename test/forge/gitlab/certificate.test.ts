import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createGitLabForge } from '../../../src/forge/gitlab/gitlab-forge.ts'
import { SILENT } from '../github/stub.ts'
import { TOKEN } from './stub.ts'

/** A server whose certificate no authority has signed that anybody knows. */
async function startInstance(t: TestContext): Promise<{ url: string; ca: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-ca-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const subject = ['-subj', '/CN=git.example', '-addext', 'subjectAltName=IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, '-days', '2', ...subject], {
    stdio: 'ignore',
  })
  const ca = readFileSync(cert, 'utf8')
  const server = createServer({ key: readFileSync(key), cert: ca }, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(request.headers['private-token'] === TOKEN ? '[{"path_with_namespace":"acme/web"}]' : '[]')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca }
}

test('an instance whose own authority signed its certificate is reached with that authority', async (t) => {
  const { url, ca } = await startInstance(t)
  const forge = createGitLabForge({ id: 'gitlab', url, token: TOKEN, log: SILENT, ca })
  const [first] = (await forge.glance()).seen
  assert.deepEqual(first, { repository: { forge: 'gitlab', path: 'acme/web' }, mark: null })
})

test('without it the instance is not believed, and the error says what to do', async (t) => {
  const { url } = await startInstance(t)
  const forge = createGitLabForge({ id: 'gitlab', url, token: TOKEN, log: SILENT })
  await assert.rejects(forge.glance(), { code: 'forge-unavailable', advice: /GITLAB_CA_FILE/ })
})
