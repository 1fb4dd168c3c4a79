import type { App, Environment, Previews, SourceConfig } from '../../src/config/model.ts'
import { EVERY_PULL_REQUEST } from '../../src/config/preview-choice.ts'
import { blobOid } from '../../src/domain/blob.ts'
import { parseImageName } from '../../src/domain/image.ts'
import { type RepositoryId, repositoryKey } from '../../src/domain/repository.ts'
import { parseTagTemplate } from '../../src/domain/tag-template.ts'
import { GITHUB_WORDS } from '../../src/domain/vocabulary.ts'
import type {
  BranchState,
  ChangeRequest,
  HistoryCommit,
  ManifestFile,
  ManifestSnapshot,
  SourcePullRequest,
  SourceSnapshot,
} from '../../src/forge/forge.ts'
import type { World } from '../../src/plan/world.ts'
import { NOTHING_SAID, type SourceState } from '../../src/state/state.ts'

/** Builders of plain data for tests of the plan: small worlds with names that explain themselves. */

export const SOURCE: RepositoryId = { forge: 'github', path: 'acme/web' }
export const MANIFESTS: RepositoryId = { forge: 'github', path: 'acme/k8s-manifests' }
export const NOW = new Date('2026-01-02T03:04:05Z')

/** A commit id that begins with the given digits. */
export function oid(digits: string | number): string {
  return String(digits).padEnd(40, '0')
}

export function commit(
  digits: string | number,
  parents: (string | number)[],
  paths: Record<string, string> = {},
): HistoryCommit {
  return {
    oid: oid(digits),
    parents: parents.map(oid),
    headline: `Commit ${digits}`,
    authorName: 'Alice',
    authorEmail: 'alice@acme.example',
    authorLogin: 'alice',
    committedAt: '2026-01-01T00:00:00Z',
    url: `https://forge.example/acme/web/commit/${oid(digits)}`,
    pullRequests: [],
    pathOids: paths,
  }
}

/** Newest first: commits that each have the next one as their parent. */
export function line(...digits: (string | number)[]): HistoryCommit[] {
  return digits.map((each, index) => {
    const parent = digits[index + 1]
    return commit(each, parent === undefined ? [] : [parent])
  })
}

export function environment(change: Partial<Environment> = {}): Environment {
  return {
    name: 'staging',
    manifests: MANIFESTS,
    manifestBranch: null,
    images: [parseImageName('ghcr.io/acme/web')],
    tag: parseTagTemplate('{sha:7}'),
    ready: { image: false, checks: null, within: 3600 },
    pin: false,
    gates: { scan: null, signature: [] },
    merge: 'review',
    tags: { allow: [], deny: [], extract: null, prereleases: false },
    retag: null,
    follow: { kind: 'branch', branch: 'main' },
    upstream: null,
    path: 'apps/web/overlays/staging',
    fields: [],
    imagePolicies: [],
    branch: null,
    title: null,
    ...change,
  }
}

export function previews(change: Partial<Previews> = {}): Previews {
  const { manifests, manifestBranch, images, tag, ready, pin, gates } = environment()
  return {
    manifests,
    manifestBranch,
    images,
    tag,
    ready,
    pin,
    gates,
    merge: 'direct',
    ...EVERY_PULL_REQUEST,
    follow: { kind: 'pull-requests' },
    template: 'apps/web/preview',
    path: 'apps/web/previews/pr-{number}',
    url: 'https://pr-{number}.web.example',
    probe: null,
    comment: true,
    deployments: true,
    status: false,
    ...change,
  }
}

export function app(change: Partial<App> = {}): App {
  return { name: 'web', paths: [], environments: [environment()], previews: null, ...change }
}

export function offers(change: Partial<SourceSnapshot> = {}): SourceSnapshot {
  return {
    branches: {},
    tags: { complete: true, items: [] },
    pullRequests: { complete: true, items: [] },
    closedPullRequests: [],
    liveBranches: { complete: true, items: [] },
    ...change,
  }
}

export function onMain(commits: HistoryCommit[]): SourceSnapshot {
  return offers({ branches: { main: { head: commits[0]?.oid ?? '', commits } } })
}

export function pullRequest(number: number, change: Partial<SourcePullRequest> = {}): SourcePullRequest {
  return {
    number,
    title: `Change ${number}`,
    url: `https://forge.example/acme/web/pull/${number}`,
    authorLogin: 'alice',
    byBot: false,
    activeAt: '2026-01-01T00:00:00Z',
    branch: `feature/${number}`,
    head: oid(`${number}abcdef`),
    fork: false,
    draft: false,
    state: 'open',
    labels: [],
    comment: null,
    ...change,
  }
}

/** The kustomization of the staging overlay at a tag. */
export function kustomization(tag: string): string {
  return `resources: [../../base]\nimages:\n  - name: ghcr.io/acme/web\n    newTag: ${JSON.stringify(tag)}\n`
}

export function file(path: string, text: string): ManifestFile {
  return { path, text, oid: blobOid(text, oid(0)), mode: '100644' }
}

export function manifests(tag: string, change: Partial<ManifestSnapshot> = {}): ManifestSnapshot {
  return {
    repository: MANIFESTS,
    url: 'https://forge.example/acme/k8s-manifests',
    private: false,
    branch: 'main',
    base: oid('ba5e'),
    files: {},
    tree: [file('apps/web/overlays/staging/kustomization.yaml', kustomization(tag))],
    complete: true,
    history: {},
    changeRequests: {},
    branches: [],
    ...change,
  }
}

export function branchState(change: Partial<BranchState> = {}): BranchState {
  return { branch: null, open: null, closed: null, merged: null, ...change }
}

export function changeRequest(change: Partial<ChangeRequest> = {}): ChangeRequest {
  return {
    number: 7,
    url: 'https://forge.example/acme/k8s-manifests/pull/7',
    title: '',
    body: '',
    head: oid('c0de'),
    base: 'main',
    ours: true,
    mergeability: 'clean',
    ...change,
  }
}

export function world(parts: {
  config?: SourceConfig
  offers: SourceSnapshot
  snapshot: ManifestSnapshot
  policy?: World['manifests'][number] extends infer M ? (M extends { policy: infer P } ? P : never) : never
  answers?: World['answers']
  comparisons?: World['comparisons']
  said?: Partial<SourceState>
  since?: World['since']
  ended?: World['ended']
}): World {
  const config = parts.config ?? { apps: [app()] }
  return {
    words: GITHUB_WORDS,
    source: {
      id: 'R_web',
      repository: SOURCE,
      url: 'https://forge.example/acme/web',
      compareUrl: 'https://forge.example/acme/web/compare/{base}...{head}',
      private: false,
      archived: false,
      defaultBranch: 'main',
      head: oid('5ea'),
      files: {},
      report: null,
      proposals: [],
    },
    config,
    offers: parts.offers,
    manifests: [
      {
        repository: MANIFESTS,
        branch: null,
        snapshot: parts.snapshot,
        words: GITHUB_WORDS,
        policy: parts.policy ?? { ok: true, value: null },
        state: { ok: true, head: null, value: { ...NOTHING_SAID, places: placesOf(config), ...parts.said } },
      },
    ],
    comparisons: parts.comparisons ?? {},
    answers: { ...closedPulls(parts.snapshot), ...parts.answers },
    since: parts.since ?? {},
    ended: parts.ended ?? null,
    now: NOW,
  }
}

/** The world in which the state branch says where the configuration's own previews are. */
export function remembering(world: World): World {
  const source = repositoryKey(world.source.repository)
  const places = placesOf(world.config, source)
  const manifests = world.manifests.map((each) =>
    each.snapshot === null || !each.state.ok
      ? each
      : { ...each, state: { ...each.state, value: { ...each.state.value, places } } },
  )
  return { ...world, manifests }
}

function placesOf({ apps }: SourceConfig, source = repositoryKey(SOURCE)): SourceState['places'] {
  return Object.fromEntries(
    apps.flatMap(({ name, previews: each }) =>
      each === null ? [] : [[name, { source, at: [{ branch: each.manifestBranch, path: each.path }] }]],
    ),
  )
}

/** Whoever is asked for the pull request of a preview says that it was closed. */
function closedPulls({ tree }: ManifestSnapshot): World['answers'] {
  const numbers = tree.flatMap(({ path }) => /\/pr-(\d+)\//.exec(path)?.[1] ?? [])
  return Object.fromEntries(
    numbers.map((number) => [`pull-request ${number}`, { known: true, value: 'closed' as const }]),
  )
}
