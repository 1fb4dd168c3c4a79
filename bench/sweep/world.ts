import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TreeChange } from '../../src/sandbox/git/git-repository.ts'
import { changeTree, writeCommit } from '../../src/sandbox/git/write.ts'
import { install } from '../../src/sandbox/model/installations.ts'
import { repositoryDirectory } from '../../src/sandbox/model/model.ts'
import { createRepository } from '../../src/sandbox/model/repositories.ts'
import { accountSignature } from '../../src/sandbox/model/signatures.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import type { BenchForge } from '../world/forge.ts'
import type { CountingRegistry } from './registry.ts'

/** Manifest repositories, whatever else there is. */
const TEAMS = 10

/** Repositories that are made at the same time. */
const TOGETHER = 8

/** What the three environments of every app follow. */
export const ENVIRONMENTS = 3

export interface SweepWorld {
  sources: Repository[]
  manifests: Repository[]
  /** Tags that are followed in the registry, as `repository:tag`; null where all tags of a repository are. */
  followed: { repository: string; tag: string | null }[]
}

/**
 * So many repositories with so many apps each, three environments to an app: one has the main branch's commit, one the
 * highest version tag, one what a registry has. All have what they should have, and have had it for an hour.
 */
export async function sweepWorld(
  forge: BenchForge,
  registry: CountingRegistry,
  repositories: number,
  appsOfEach: number,
): Promise<SweepWorld> {
  const teams = Array.from({ length: TEAMS }, () => new Map<string, string>())
  const accepted = Array.from({ length: TEAMS }, (): string[] => [])
  const followed: SweepWorld['followed'] = []
  const { model } = forge.sandbox
  const template = await createRepository(model, { owner: 'acme', name: 'template' })
  const make = async (index: number) => {
    const name = `app-${index}`
    const team = index % TEAMS
    const apps = Array.from({ length: appsOfEach }, (_, number) => `${name}-${number}`)
    const files = { '.github/supercargo.yml': configuration(registry.host, team, apps) }
    const { repository, head } = await seed(forge, template, name, files, ['v1.0.0'])
    for (const [number, app] of apps.entries()) {
      const image = `acme/${app}`
      const tag = head.slice(0, 7)
      const digest = registry.digestOf(image, 'stable')
      const last = followsDigest(number + index) ? { tag: 'stable', digest } : { tag: '1.2.3' }
      followed.push({ repository: image, tag }, { repository: image, tag: 'v1.0.0' })
      followed.push({ repository: image, tag: followsDigest(number + index) ? 'stable' : null })
      for (const [environment, has] of [
        ['staging', { tag }],
        ['production', { tag: 'v1.0.0' }],
        ['edge', last],
      ] as const) {
        const file = `apps/${app}/${environment}/kustomization.yaml`
        teams[team]?.set(file, kustomization(`${registry.host}/${image}`, has))
      }
    }
    accepted[team]?.push(
      `  - from: acme/${name}\n    paths: apps/${name}-*/**\n    images: ${registry.host}/acme/${name}-*\n`,
    )
    return repository
  }
  const sources: Repository[] = []
  for (let at = 0; at < repositories; at += TOGETHER) {
    const some = Array.from({ length: Math.min(TOGETHER, repositories - at) }, (_, index) => make(at + index))
    sources.push(...(await Promise.all(some)))
  }
  const manifests: Repository[] = []
  for (const [team, files] of teams.entries()) {
    files.set('.supercargo/policy.yml', `accept:\n${accepted[team]?.join('') || '  []\n'}`)
    const { repository } = await seed(forge, template, `manifests-${team}`, Object.fromEntries(files), [])
    manifests.push(repository)
  }
  install(model, 'acme')
  const before = new Date(Date.now() - 3_600_000).toISOString()
  for (const repository of model.tables.repositories.all())
    model.save(['repositories', { ...repository, pushedAt: before, updatedAt: before }])
  return { sources, manifests, followed }
}

function followsDigest(number: number): boolean {
  return number % 2 === 0
}

function configuration(host: string, team: number, apps: readonly string[]): string {
  const each = apps.map((app) => {
    const follow = followsDigest(Number(app.split('-')[1]) + Number(app.split('-')[2]))
      ? 'registry digest stable'
      : 'registry ^1.2'
    return `  ${app}:
    image: ${host}/acme/${app}
    environments:
      staging: { follow: branch main, path: apps/${app}/staging }
      production: { follow: tag v*, path: apps/${app}/production }
      edge: { follow: ${follow}, path: apps/${app}/edge }
`
  })
  return `manifests: acme/manifests-${team}\ntag: "{sha:7}"\nready: image\napps:\n${each.join('')}`
}

function kustomization(image: string, { tag, digest }: { tag: string; digest?: string }): string {
  const pinned = digest === undefined ? '' : `    digest: ${digest}\n`
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
images:
  - name: ${image}
    newTag: "${tag}"
${pinned}`
}

/**
 * A repository with one commit at main and at these tags. Only the first one is made as it should be; the others are
 * copies of it when it was empty, because a thousand times ten processes take minutes.
 */
async function seed(
  forge: BenchForge,
  template: Repository,
  name: string,
  files: Record<string, string>,
  tags: string[],
): Promise<{ repository: Repository; head: string }> {
  const { model } = forge.sandbox
  const repository = { ...template, id: model.nextId(), name }
  const directory = repositoryDirectory(model.dataDir, repository.id)
  await cp(repositoryDirectory(model.dataDir, template.id), directory, { recursive: true })
  const git = model.git(repository)
  const changes: TreeChange[] = []
  for (const [path, text] of Object.entries(files))
    changes.push({ path, entry: { mode: '100644', oid: await git.writeBlob(Buffer.from(text)) } })
  const author = accountSignature(model.you, new Date())
  const head = await writeCommit(git, {
    tree: await changeTree(git, null, changes),
    parents: [],
    author,
    committer: author,
    message: `First commit of ${name}\n`,
  })
  const refs = ['refs/heads/main', ...tags.map((tag) => `refs/tags/${tag}`)]
  for (const ref of refs) await writeFile(join(directory, ref), `${head}\n`)
  await git.reloadRefs()
  git.close()
  const seen = { id: repository.id, refs: Object.fromEntries(refs.map((ref) => [ref, head])) }
  model.save(['repositories', repository], ['seenRefs', seen])
  return { repository, head }
}
