import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createEncryptedServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface FakeRequest {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
}

export interface FakeAnswer {
  status?: number
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Milliseconds. */
  delay?: number
  /** The body is sent, but never ends. */
  stalls?: boolean
}

export interface FakeRegistry {
  host: string
  url: string
  /** Everything that has arrived, oldest first. */
  received: FakeRequest[]
  close(): Promise<void>
}

/** PEM, for 127.0.0.1; signed by itself. */
export interface Certificate {
  key: string
  cert: string
}

export function makeCertificate(): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-certificate-'))
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    const names = ['-subj', '/CN=registry', '-addext', 'subjectAltName=IP:127.0.0.1']
    const files = ['-keyout', key, '-out', cert]
    execFileSync('openssl', ['req', '-x509', ...kind, ...names, ...files], { stdio: 'ignore' })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/**
 * A server on a free port of the loopback that answers as it is told: what no well-behaved registry does.
 * @param certificate for https
 */
export async function startFakeRegistry(
  answer: (request: FakeRequest, url: string) => FakeAnswer,
  certificate?: Certificate,
): Promise<FakeRegistry> {
  const received: FakeRequest[] = []
  const listener: RequestListener = (incoming, response) => {
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers }
    received.push(request)
    incoming.resume()
    const { status = 200, headers = {}, body = '', delay = 0, stalls } = answer(request, url)
    setTimeout(() => {
      response.writeHead(status, headers)
      if (stalls) response.write(body)
      else response.end(body)
    }, delay).unref()
  }
  const server =
    certificate === undefined ? createServer(listener) : createEncryptedServer(certificate, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `${certificate === undefined ? 'http' : 'https'}://${host}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { host, url, received, close }
}

/** A registry that gives tags in pages of `size`, and says null on a last page that is empty. */
export async function startPagingRegistry(tags: string[], size: number): Promise<FakeRegistry> {
  return await startFakeRegistry(({ path }) => {
    const url = new URL(path, 'http://localhost')
    if (!url.pathname.endsWith('/tags/list')) return { status: 404 }
    const start = Number(url.searchParams.get('last') ?? '0')
    const page = tags.slice(start, start + size)
    const link = `<${url.pathname}?last=${start + size}&n=${size}>; rel="next"`
    return {
      headers: { 'content-type': 'application/json', ...(page.length === size ? { link } : {}) },
      body: JSON.stringify({ name: 'acme/web', tags: page.length === 0 ? null : page }),
    }
  })
}
