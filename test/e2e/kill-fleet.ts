import type { Side } from '../support/across.ts'
import { headOf } from '../support/sandbox.ts'

/** One application repository of the fleet, of one of four kinds. */
export interface FleetApp {
  name: string
  /** `fleet-1/app-3`. */
  path: string
  /** `fleet-1/manifests`: every owner has one, and its applications share it. */
  manifests: string
  image: string
  merge: 'review' | 'auto'
  /** Follows its pull requests. */
  previews: boolean
  /** Production follows tags. */
  tags: boolean
  /** The tag that its manifests have at first. */
  first: string
}

/** Each owner is an installation of its own, and so has limits of its own. */
const APPS_PER_OWNER = 2

/** Makes the repositories of the fleet on a forge, which is stopped then. */
export async function seedFleet(forge: Side, size: number): Promise<FleetApp[]> {
  forge.silence()
  const apps: FleetApp[] = []
  for (let number = 0; number < size; number++) {
    const owner = `fleet-${Math.floor(number / APPS_PER_OWNER) + 1}`
    const name = `app-${number + 1}`
    const app: Omit<FleetApp, 'first'> = {
      name,
      path: `${owner}/${name}`,
      manifests: `${owner}/manifests`,
      image: `registry.example/${owner}/${name}`,
      merge: number % 4 === 1 ? 'auto' : 'review',
      previews: number % 4 === 2,
      tags: number % 4 === 3,
    }
    const repository = await forge.repository(app.path, {
      '.github/supercargo.yml': configOf(app),
      'README.md': `# ${name}\n`,
    })
    const head = await headOf(forge.inside, repository, 'main')
    apps.push({ ...app, first: head?.slice(0, 7) ?? '' })
  }
  for (const path of new Set(apps.map(({ manifests }) => manifests))) {
    const members = apps.filter(({ manifests }) => manifests === path)
    await forge.repository(path, {
      '.supercargo/policy.yml': `accept:\n${members.map(acceptanceOf).join('')}`,
      ...Object.assign({}, ...members.map(filesOf)),
    })
  }
  await forge.stop()
  return apps
}

export function stagingPath({ name }: Pick<FleetApp, 'name'>): string {
  return `apps/${name}/staging/kustomization.yaml`
}

export function productionPath({ name }: Pick<FleetApp, 'name'>): string {
  return `apps/${name}/production/kustomization.yaml`
}

export function previewPath({ name }: Pick<FleetApp, 'name'>, number: number): string {
  return `apps/${name}/previews/pr-${number}/kustomization.yaml`
}

/** With what an editor that prints YAML anew would lose. */
export function overlay({ name, image }: Pick<FleetApp, 'name' | 'image'>, tag: string): string {
  return `# ${name}\n\nresources: [ ../base ]   # shared\nimages:\n- name:   ${image}\n  newTag: "${tag}"  # by the bot\n`
}

export function preview({ name, image }: Pick<FleetApp, 'name' | 'image'>, number: number, tag: string) {
  return `namespace: ${name}-pr-${number}\nimages:\n  - name: ${image}\n    newTag: "${tag}"\n`
}

function configOf({ name, manifests, image, merge, previews, tags }: Omit<FleetApp, 'first'>): string {
  const lines = [
    `manifests: ${manifests}`,
    `image: ${image}`,
    'tag: "{sha:7}"',
    'ready: commit',
    'environments:',
    '  staging:',
    '    follow: branch main',
    `    path: apps/${name}/staging`,
    `    merge: ${merge}`,
    ...(tags ? ['  production:', '    follow: tag v*', `    path: apps/${name}/production`] : []),
    ...(previews ? ['previews:', '  follow: pull requests', `  template: apps/${name}/preview`] : []),
    ...(previews ? [`  path: apps/${name}/previews/pr-{number}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function acceptanceOf({ name, path, image }: FleetApp): string {
  return `  - from: ${path}\n    paths: apps/${name}/**\n    images: ${image}\n    merge: [staging]\n    direct: [previews]\n`
}

function filesOf(app: FleetApp): Record<string, string> {
  const { name, image, first } = app
  const template = preview(app, 0, '{tag}').replace('pr-0', 'pr-{number}')
  return {
    [`apps/${name}/base/kustomization.yaml`]: `# the base of ${image}\n`,
    [stagingPath(app)]: overlay(app, first),
    ...(app.tags ? { [productionPath(app)]: overlay(app, 'v0.0.0') } : {}),
    ...(app.previews ? { [`apps/${name}/preview/kustomization.yaml`]: template } : {}),
  }
}
