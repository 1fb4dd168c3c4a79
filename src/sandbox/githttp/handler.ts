import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ZERO_OID } from '../../domain/commit.ts'
import type { Auth } from '../auth.ts'
import { gitEnvironment } from '../git/run.ts'
import { can, canSee, findRepository } from '../model/access.ts'
import type { RefChange } from '../model/events.ts'
import type { Flavour } from '../model/flavour.ts'
import type { Model } from '../model/model.ts'
import { repositoryDirectory } from '../model/model.ts'
import { settleLocked } from '../model/settle.ts'
import type { Actor, Repository } from '../model/types.ts'
import { guardEnvironment } from './guard.ts'
import { FLUSH, packet, readCommands } from './packets.ts'

/** Largest push, in bytes. */
const LARGEST_PUSH = 512 * 1024 * 1024

type Service = 'upload-pack' | 'receive-pack'

export interface GitRequest {
  owner: string
  name: string
  service: Service
  advertise: boolean
}

/** What a git client asks with this address; null when it is no git request. */
export function readGitPath({ mount, nested }: Flavour, url: string): GitRequest | null {
  const at = url.indexOf('?')
  const path = at === -1 ? url : url.slice(0, at)
  if (!path.startsWith(`${mount}/`)) return null
  const rest = /^\/(.+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/
  const match = rest.exec(path.slice(mount.length))
  if (match === null || (!nested && match[1]?.includes('/'))) return null
  const advertise = match[3] === 'info/refs'
  const wanted = advertise ? new URLSearchParams(url.slice(at + 1)).get('service') : match[3]
  if (wanted !== 'git-upload-pack' && wanted !== 'git-receive-pack') return null
  return {
    owner: decodeURIComponent(match[1] ?? ''),
    name: decodeURIComponent(match[2] ?? ''),
    service: wanted === 'git-upload-pack' ? 'upload-pack' : 'receive-pack',
    advertise,
  }
}

/**
 * Git's smart HTTP protocol, as `git http-backend` speaks it. A push is answered when everything that
 * follows from it is done. https://git-scm.com/docs/gitprotocol-http
 */
export async function serveGit(
  model: Model,
  auth: Auth,
  request: IncomingMessage,
  response: ServerResponse,
  { owner, name, service, advertise }: GitRequest,
): Promise<void> {
  const actor = auth.actor(request.headers.authorization)
  const repository = findRepository(model, owner, name)
  const refused = refusal(model, actor, repository, service)
  if (refused !== null || repository === null || actor === null) {
    answer(model, response, refused?.status ?? 404, refused?.text ?? 'Repository not found.')
    return
  }
  response.setHeader('cache-control', 'no-cache, max-age=0, must-revalidate')
  if (advertise) return await advertiseRefs(model, request, response, repository, service)
  if (request.method !== 'POST') return answer(model, response, 405, 'Method Not Allowed')
  response.setHeader('content-type', `application/x-git-${service}-result`)
  const body = request.headers['content-encoding'] === 'gzip' ? gunzip(request) : request
  if (service === 'upload-pack') {
    await run(model, request, repository, ['upload-pack', '--stateless-rpc', '.'], body, response)
    return
  }
  await receive(model, request, response, repository, actor, await collect(body))
}

async function receive(
  model: Model,
  request: IncomingMessage,
  response: ServerResponse,
  repository: Repository,
  actor: Actor,
  body: Buffer | null,
): Promise<void> {
  if (body === null) return answer(model, response, 413, 'The push is too large.')
  const commands = readCommands(body)
  await model.locked(repository, async () => {
    const git = model.git(repository)
    const before = new Map(await git.refs())
    const env = guardEnvironment(model, repository, actor, commands)
    await run(model, request, repository, ['receive-pack', '--stateless-rpc', '.'], body, response, env)
    const after = await git.reloadRefs()
    const changes = commands
      .map(
        ({ ref }): RefChange => ({
          ref,
          before: before.get(ref)?.oid ?? ZERO_OID,
          after: after.get(ref)?.oid ?? ZERO_OID,
        }),
      )
      .filter((change) => change.before !== change.after)
    if (changes.length > 0 && actor.kind !== 'anonymous') {
      const row = model.tables.repositories.get(repository.id) ?? repository
      await settleLocked(model, row, actor.account, changes)
    }
  })
  response.end()
}

async function advertiseRefs(
  model: Model,
  request: IncomingMessage,
  response: ServerResponse,
  repository: Repository,
  service: Service,
): Promise<void> {
  response.setHeader('content-type', `application/x-git-${service}-advertisement`)
  const newer = /version=2/.test(String(request.headers['git-protocol'] ?? '')) && service === 'upload-pack'
  if (!newer) response.write(`${packet(`# service=git-${service}\n`)}${FLUSH}`)
  await run(model, request, repository, [service, '--stateless-rpc', '--advertise-refs', '.'], null, response)
  response.end()
}

/** Runs one git service over the request; `response` gets what it says, and is ended for streams only. */
function run(
  model: Model,
  request: IncomingMessage,
  repository: Repository,
  args: string[],
  input: Readable | Buffer | null,
  response: ServerResponse,
  env: Record<string, string> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const protocol = request.headers['git-protocol']
    const child = spawn('git', args, {
      cwd: repositoryDirectory(model.dataDir, repository.id),
      env: {
        ...gitEnvironment(model.searchPath),
        ...(typeof protocol === 'string' ? { GIT_PROTOCOL: protocol } : {}),
        ...env,
      },
    })
    const streams = input !== null && !Buffer.isBuffer(input)
    child.stderr.resume()
    child.stdin.on('error', () => {})
    child.on('error', reject)
    child.on('close', () => {
      if (streams) response.end()
      resolve()
    })
    child.stdout.pipe(response, { end: false })
    if (streams) {
      pipeline(input, child.stdin, () => {})
      response.on('close', () => child.kill())
    } else {
      child.stdin.end(input ?? '')
    }
  })
}

function refusal(
  model: Model,
  actor: Actor | null,
  repository: Repository | null,
  service: Service,
): { status: number; text: string } | null {
  if (actor === null) return { status: 401, text: 'Invalid username or token.' }
  const pushing = service === 'receive-pack'
  const hidden = repository === null || !canSee(model, actor, repository)
  if (actor.kind === 'anonymous' && (hidden || pushing))
    return { status: 401, text: 'Authentication required.' }
  if (hidden || repository === null) return { status: 404, text: 'Repository not found.' }
  if (
    !scopeAllows(actor, pushing) ||
    !can(model, actor, repository, 'contents', pushing ? 'write' : 'read')
  ) {
    const name = actor.kind === 'anonymous' ? 'anonymous' : actor.account.login
    return {
      status: 403,
      text: `Permission to ${repository.owner}/${repository.name}.git denied to ${name}.`,
    }
  }
  if (pushing && repository.archived) {
    return { status: 403, text: 'This repository was archived so it is read-only.' }
  }
  return null
}

/** What a token may do with git. https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes */
function scopeAllows(actor: Actor, pushing: boolean): boolean {
  const scopes = actor.kind === 'person' ? actor.scopes : undefined
  const enough = pushing ? ['api', 'write_repository'] : ['api', 'read_repository', 'write_repository']
  return scopes === undefined || scopes.some((scope) => enough.includes(scope))
}

function answer(model: Model, response: ServerResponse, status: number, text: string): void {
  if (status === 401) response.setHeader('www-authenticate', `Basic realm="${model.flavour.words.forge}"`)
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

function gunzip(request: IncomingMessage): Readable {
  const unpacked = createGunzip()
  pipeline(request, unpacked, () => {})
  return unpacked
}

async function collect(stream: Readable): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += (chunk as Buffer).length
    if (size > LARGEST_PUSH) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
