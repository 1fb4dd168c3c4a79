import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ImageName, parseImageName } from '../../src/domain/image.ts'
import { eventually } from './eventually.ts'
import {
  buildImage,
  type Content,
  content,
  DOCKER_MANIFEST,
  descriptor,
  IMAGE_INDEX,
  IMAGE_MANIFEST,
  type ImageWish,
} from './registry-images.ts'
import { basic, CREW, startTokenServer, type TokenServer } from './registry-token-server.ts'

const ACCEPT = [IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST].join(', ')
const PROGRAM = 'docker-registry'
/** Of CREW's password; the registry takes bcrypt only. */
const HTPASSWD = `${CREW.username}:$2b$04$qmiq3U7tmt3QiIyOJY6exu5XiEDqmb/l9fTPZF1ABkk3qEFrC/Dsi\n`

/** The reason to skip a test, or false: what node:test takes as `skip`. */
export function skipWithoutRegistry(): string | false {
  const found = spawnSync(PROGRAM, ['--version']).status === 0
  return found ? false : 'docker-registry is not installed; install the Debian package docker-registry'
}

/** The same for what judges by skopeo, too. */
export function skipWithoutSkopeo(): string | false {
  const found = spawnSync('skopeo', ['--version']).status === 0
  return found ? skipWithoutRegistry() : 'skopeo is not installed; install the Debian package skopeo'
}

export interface RegistryWish {
  /** Default: none, everybody may do everything. With `basic` and `token`, CREW may. */
  auth?: 'basic' | 'token'
  /** Where it announces what happens to it. https://distribution.github.io/distribution/about/notifications/ */
  notifications?: { url: string; headers?: Record<string, string> }
}

export interface TestRegistry {
  /** With port, as names of images have it. */
  host: string
  /** Plain http. */
  url: string
  /** Only with `auth: 'token'`. */
  tokens: TokenServer | null
  /** What CREW sends with a request about these repositories: nothing, a password, or a token. */
  authorization(...repositories: string[]): Record<string, string>
  image(repository: string): ImageName
  /** Pushes an image and its blobs; gives its digest. Tag null: by digest only. */
  pushImage(repository: string, tag: string | null, wish?: ImageWish): Promise<string>
  /** Pushes an index of several images; gives its digest. */
  pushIndex(
    repository: string,
    tag: string | null,
    images: ImageWish[],
    annotations?: Record<string, string>,
  ): Promise<string>
  /** Its tags go with it. */
  deleteImage(repository: string, digest: string): Promise<void>
  /** The status of a manifest and its digest, as the registry itself says. */
  head(repository: string, reference: string): Promise<{ status: number; digest: string | null }>
  close(): Promise<void>
}

/** Debian's docker-registry on a free port of the loopback, with a storage of its own that goes when it closes. */
export async function startRegistry(wish: RegistryWish = {}): Promise<TestRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-registry-'))
  const tokens = wish.auth === 'token' ? await startTokenServer(directory) : null
  const child = spawn(PROGRAM, ['serve', writeConfiguration(directory, wish, tokens)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const host = `127.0.0.1:${await listeningPort(child)}`
  const url = `http://${host}`

  const authorization = (...repositories: string[]): Record<string, string> => {
    if (wish.auth === 'basic') return { authorization: basic(CREW) }
    const scopes = repositories.map((name) => `repository:${name}:pull,push,delete`)
    return tokens === null ? {} : { authorization: `Bearer ${tokens.mint(scopes)}` }
  }
  const send = async (method: string, repository: string, path: string, body?: Content) => {
    const target = path.startsWith('http') ? path : `${url}/v2/${repository}/${path}`
    const headers = { accept: ACCEPT, ...authorization(repository), ...typeOf(body) }
    const response = await fetch(target, {
      method,
      headers,
      body: body === undefined ? null : Buffer.from(body.bytes),
    })
    await response.body?.cancel()
    return response
  }
  const sent = async (...request: Parameters<typeof send>) => {
    const response = await send(...request)
    if (!response.ok) throw new Error(`${request[0]} ${request[1]} ${request[2]}: ${response.status}`)
    return response
  }
  const pushBlob = async (repository: string, blob: Content) => {
    const started = await sent('POST', repository, 'blobs/uploads/')
    const location = started.headers.get('location') ?? ''
    const query = location.includes('?') ? '&' : '?'
    const bytes = { ...blob, mediaType: 'application/octet-stream' }
    await sent('PUT', repository, `${location}${query}digest=${blob.digest}`, bytes)
  }
  const pushManifest = async (repository: string, tag: string | null, manifest: Content) => {
    await sent('PUT', repository, `manifests/${tag ?? manifest.digest}`, manifest)
    return manifest.digest
  }
  const pushImage: TestRegistry['pushImage'] = async (repository, tag, image) => {
    const { manifest, blobs } = buildImage(image)
    for (const blob of blobs) await pushBlob(repository, blob)
    return await pushManifest(repository, tag, manifest)
  }

  return {
    host,
    url,
    tokens,
    authorization,
    image: (repository) => parseImageName(`${host}/${repository}`),
    pushImage,
    async pushIndex(repository, tag, images, annotations = {}) {
      const built = images.map(buildImage)
      for (const { manifest, blobs } of built) {
        for (const blob of blobs) await pushBlob(repository, blob)
        await pushManifest(repository, null, manifest)
      }
      const manifests = built.map(({ manifest, platform }) => ({ ...descriptor(manifest), platform }))
      const index = { schemaVersion: 2, mediaType: IMAGE_INDEX, manifests, annotations }
      return await pushManifest(repository, tag, content(IMAGE_INDEX, index))
    },
    async deleteImage(repository, digest) {
      await sent('DELETE', repository, `manifests/${digest}`)
    },
    async head(repository, reference) {
      const { status, headers } = await send('HEAD', repository, `manifests/${reference}`)
      return { status, digest: status === 200 ? headers.get('docker-content-digest') : null }
    },
    async close() {
      process.removeListener('exit', kill)
      const exited = once(child, 'exit')
      if (child.exitCode === null && child.signalCode === null && kill()) await exited
      await tokens?.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** https://distribution.github.io/distribution/about/configuration/ ; JSON is YAML. */
function writeConfiguration(directory: string, wish: RegistryWish, tokens: TokenServer | null): string {
  const passwords = join(directory, 'htpasswd')
  writeFileSync(passwords, HTPASSWD)
  const auth =
    wish.auth === 'basic' ? { htpasswd: { realm: 'test', path: passwords } } : tokens?.configuration
  const { notifications } = wish
  const headers = Object.entries(notifications?.headers ?? {}).map(([name, value]) => [name, [value]])
  const endpoint = {
    name: 'receiver',
    url: notifications?.url,
    headers: Object.fromEntries(headers),
    timeout: '5s',
    threshold: 3,
    backoff: '200ms',
  }
  const configuration = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'storage') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'of this one process' },
    ...(auth === undefined ? {} : { auth }),
    ...(notifications === undefined ? {} : { notifications: { endpoints: [endpoint] } }),
  }
  const file = join(directory, 'config.yml')
  writeFileSync(file, JSON.stringify(configuration))
  return file
}

async function listeningPort(child: ChildProcess): Promise<string> {
  const lines: string[] = []
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => lines.push(line))
  const port = () => /listening on 127\.0\.0\.1:(\d+)/.exec(lines.join('\n'))?.[1]
  return await eventually('the registry listens', () => {
    if (child.exitCode !== null) throw new Error(`The registry did not start:\n${lines.join('\n')}`)
    return port()
  })
}

function typeOf(body: Content | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-type': body.mediaType }
}
