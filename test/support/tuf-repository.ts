import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TufRepository {
  url: string
  /** The first `root.json`, which a client is given. */
  root: string
  /** Paths that were asked for. */
  asked: string[]
  /** What it serves, by path; to be changed. */
  files: Map<string, string>
  close(): Promise<void>
}

/**
 * A TUF repository with one key and one target, `trusted_root.json`.
 * https://theupdateframework.github.io/specification/latest/#file-formats
 */
export async function startTufRepository(target: string, expires: Date): Promise<TufRepository> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')
  const key = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } }
  const keyid = createHash('sha256').update(canonical(key)).digest('hex')
  const signed = (type: string, until: Date, rest: object) => {
    const body = { _type: type, spec_version: '1.0.0', version: 1, expires: seconds(until), ...rest }
    const sig = sign(null, Buffer.from(canonical(body)), privateKey).toString('hex')
    return JSON.stringify({ signatures: [{ keyid, sig }], signed: body })
  }
  const role = { keyids: [keyid], threshold: 1 }
  const roles = { root: role, timestamp: role, snapshot: role, targets: role }
  const later = new Date(Date.now() + 24 * 60 * 60 * 1000)
  const root = signed('root', later, { consistent_snapshot: false, keys: { [keyid]: key }, roles })
  const hashes = { sha256: createHash('sha256').update(target).digest('hex') }
  const targets = { 'trusted_root.json': { length: Buffer.byteLength(target), hashes } }
  const files = new Map([
    ['/timestamp.json', signed('timestamp', expires, { meta: { 'snapshot.json': { version: 1 } } })],
    ['/snapshot.json', signed('snapshot', later, { meta: { 'targets.json': { version: 1 } } })],
    ['/targets.json', signed('targets', later, { targets })],
    ['/targets/trusted_root.json', target],
  ])

  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(path)
    const file = files.get(path)
    response.writeHead(file === undefined ? 404 : 200).end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    root,
    asked,
    files,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** https://gibson042.github.io/canonicaljson-spec/ , as far as metadata needs it. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+/, '')
}
