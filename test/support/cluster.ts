import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { makeCertificate } from './fake-registry.ts'

export const CLUSTER_TOKEN = 'a-token-of-the-cluster'

/** Smaller than any client asks for, so that every listing has pages. */
const PAGE = 2

export interface FakeNamespace {
  metadata: {
    name: string
    uid: string
    resourceVersion: string
    creationTimestamp: string
    deletionTimestamp?: string
    labels: Record<string, string>
    annotations: Record<string, string>
  }
}

/** The part of Kubernetes' API that is about namespaces; each of its objects follows the schema of Kubernetes. */
export interface FakeCluster {
  /** Path of a kubeconfig with the contexts `here` (the current one), `nowhere`, and `stranger`, which does not know the certificate. */
  kubeconfig: string
  namespaces: FakeNamespace[]
  /** Every request: `GET /api/v1/namespaces?…`. */
  seen: string[]
  /** Answered in place of the next request whose method it is, once. */
  refuse: { method: 'GET' | 'DELETE'; status: number; skip?: number } | null
  /** It gives all namespaces, whatever the selector says. */
  ignoresSelector: boolean
  /** Adds a namespace as a template of previews makes it; `labels` and `annotations` add to that, or replace it. */
  add(
    name: string,
    change?: { labels?: Record<string, string>; annotations?: Record<string, string> },
  ): FakeNamespace
  /** Names of what is there. */
  names(): string[]
  stop(): Promise<void>
}

export async function startCluster(): Promise<FakeCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-cluster-'))
  const kubeconfig = join(directory, 'kubeconfig')
  let version = 1
  const cluster: FakeCluster = {
    kubeconfig,
    namespaces: [],
    seen: [],
    refuse: null,
    ignoresSelector: false,
    add(name, { labels = {}, annotations = {} } = {}) {
      version += 1
      const namespace: FakeNamespace = {
        metadata: {
          name,
          uid: randomUUID(),
          resourceVersion: String(version),
          creationTimestamp: '2026-01-02T03:04:05Z',
          labels: { 'kubernetes.io/metadata.name': name, 'supercargo.dev/app': 'web', ...labels },
          annotations,
        },
      }
      cluster.namespaces.push(namespace)
      return namespace
    },
    names: () => cluster.namespaces.map(({ metadata }) => metadata.name),
    async stop() {
      rmSync(directory, { recursive: true })
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const certificate = makeCertificate()
  writeFileSync(join(directory, 'cert.pem'), certificate.cert)
  const server = createServer(certificate, (request, response) => {
    void answer(cluster, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  writeFileSync(kubeconfig, kubeconfigFor(`https://127.0.0.1:${port}`))
  return cluster
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    clusters: [
      { name: 'one', cluster: { server, 'certificate-authority': 'cert.pem' } },
      { name: 'gone', cluster: { server: 'https://127.0.0.1:1' } },
      { name: 'strange', cluster: { server } },
    ],
    users: [{ name: 'bot', user: { token: CLUSTER_TOKEN } }],
    contexts: [
      { name: 'here', context: { cluster: 'one', user: 'bot' } },
      { name: 'nowhere', context: { cluster: 'gone', user: 'bot' } },
      { name: 'stranger', context: { cluster: 'strange', user: 'bot' } },
    ],
  })
}

async function answer(
  cluster: FakeCluster,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const body = await text(request)
  cluster.seen.push(`${request.method} ${request.url}`)
  const send = (status: number, value: object) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  const refused = takeRefusal(cluster, request.method)
  if (refused !== null) return send(refused, statusOf(refused))
  if (request.headers.authorization !== `Bearer ${CLUSTER_TOKEN}`) return send(401, statusOf(401))
  if (request.method === 'GET' && pathname === '/api/v1/namespaces')
    return send(200, list(cluster, searchParams))
  const name = /^\/api\/v1\/namespaces\/([a-z0-9-]+)$/.exec(pathname)?.[1]
  if (request.method !== 'DELETE' || name === undefined) return send(404, statusOf(404))
  const found = cluster.namespaces.find(({ metadata }) => metadata.name === name)
  if (found === undefined) return send(404, statusOf(404))
  const { preconditions = {} } = JSON.parse(body || '{}') as {
    preconditions?: Partial<FakeNamespace['metadata']>
  }
  const { uid, resourceVersion } = found.metadata
  if (
    (preconditions.uid ?? uid) !== uid ||
    (preconditions.resourceVersion ?? resourceVersion) !== resourceVersion
  ) {
    return send(409, statusOf(409))
  }
  cluster.namespaces = cluster.namespaces.filter((each) => each !== found)
  found.metadata.deletionTimestamp = '2026-01-02T03:04:05Z'
  send(200, shown(found))
}

function takeRefusal(cluster: FakeCluster, method: string | undefined): number | null {
  const { refuse } = cluster
  if (refuse === null || refuse.method !== method) return null
  const { skip = 0 } = refuse
  cluster.refuse = skip > 0 ? { ...refuse, skip: skip - 1 } : null
  return skip > 0 ? null : refuse.status
}

/** By name, as etcd has them. */
function list({ namespaces, ignoresSelector }: FakeCluster, query: URLSearchParams): object {
  const label = query.get('labelSelector') ?? ''
  const all = namespaces
    .filter(({ metadata }) => ignoresSelector || Object.hasOwn(metadata.labels, label))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const start = Number(query.get('continue') ?? 0)
  const end = start + Math.min(PAGE, Number(query.get('limit') ?? PAGE))
  const metadata = { resourceVersion: '1', ...(end < all.length ? { continue: String(end) } : {}) }
  return { apiVersion: 'v1', kind: 'NamespaceList', metadata, items: all.slice(start, end).map(shown) }
}

function shown({ metadata }: FakeNamespace): object {
  const namespace = new Namespace({
    metadata,
    spec: { finalizers: ['kubernetes'] },
    status: { phase: metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating' },
  })
  namespace.validate()
  return namespace.toJSON()
}

function statusOf(code: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message: 'secret-of-the-cluster',
    code,
  }
}
