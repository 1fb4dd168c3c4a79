import type { TextFile } from './editor.ts'
import { isKustomizationPath } from './formats/kind.ts'
import { type Kustomization, readKustomization } from './formats/kustomization-file.ts'

/** By the name of an image as the base writes it: the kustomization whose entry decides its version. */
type Deciders = ReadonlyMap<string, string>

const NOTHING: Deciders = new Map()

/** Kustomizations that include each other further than this are not followed. */
const MAX_TRAIL = 200

/**
 * Which references are overridden by the `images:` of a kustomization that includes their file. A file that
 * is reached on several ways is overridden only by what overrides it on all of them. kustomize compares names
 * letter by letter. It runs the images of components, then patches, then the images of the kustomization itself.
 */
export function readOverrides(files: readonly TextFile[]): (path: string, name: string) => string | null {
  const kustomizations = new Map<string, Kustomization>()
  for (const file of files) {
    if (!isKustomizationPath(file.path)) continue
    const read = readKustomization(file)
    if (read !== null) kustomizations.set(directoryOf(file.path), read)
  }
  const deciders = new Map<string, Deciders>()
  const included = new Set([...kustomizations].flatMap(([directory, read]) => includes(directory, read)))
  const roots = [...kustomizations.keys()].filter((directory) => !included.has(directory))
  let visits = 100_000

  const visit = (target: string, above: Deciders, trail: readonly string[]): void => {
    if (visits-- <= 0 || trail.length > MAX_TRAIL || trail.includes(target)) return
    const read = kustomizations.get(target)
    const path = read?.path ?? target
    const known = deciders.get(path)
    deciders.set(path, known === undefined ? above : intersection(known, above))
    if (read === undefined) return
    const here = [...trail, target]
    const below = new Map(above)
    const own = new Map(read.decides.map((name) => [name, read.path]))
    for (const [name, decider] of own) if (!below.has(name)) below.set(name, decider)
    const resources = new Map(below)
    for (const component of read.components.map((entry) => join(target, entry))) {
      visit(component, below, here)
      const used = kustomizations.get(component)
      for (const name of used?.decides ?? []) if (!resources.has(name)) resources.set(name, used?.path ?? '')
    }
    for (const patch of read.patches) visit(join(target, patch), below, here)
    for (const entry of read.resources) visit(join(target, entry), resources, here)
  }
  for (const root of roots) visit(root, NOTHING, [])
  return (path, name) => deciders.get(path)?.get(name) ?? null
}

function includes(directory: string, { resources, patches, components }: Kustomization): string[] {
  return [...resources, ...patches, ...components].map((entry) => join(directory, entry))
}

function intersection(a: Deciders, b: Deciders): Deciders {
  return new Map([...a].filter(([name]) => b.has(name)))
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Joins two relative paths; what leads out of the repository, or is a URL, leads nowhere. */
function join(directory: string, entry: string): string {
  const parts = directory === '' ? [] : directory.split('/')
  for (const part of entry.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return '..'
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
