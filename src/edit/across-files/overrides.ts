import type { Place, TextFile } from '../editor.ts'
import { isKustomizationPath } from '../formats/kind.ts'
import {
  type Decided,
  type Kustomization,
  readKustomization,
  readTransformers,
} from '../formats/kustomization-file.ts'

/** By the name of an image as the base writes it: the file whose entry decides its version. */
type Deciders = ReadonlyMap<string, Decider>

interface Decider {
  path: string
  everywhere: boolean
}

/** The file that decides the version of a place; null where nothing does. */
export type OverriddenBy = (path: string, place: Place) => string | null

const NOTHING: Deciders = new Map()

/** Kustomizations that include each other further than this are not followed. */
const MAX_TRAIL = 200

/** Whether a file that names an image may decide its version in other files. Cheap. */
export function mayOverride({ path, text }: TextFile): boolean {
  return isKustomizationPath(path) || text.includes('ImageTagTransformer')
}

/**
 * Which references are overridden by the `images:` of a kustomization that includes their file, or by one of its
 * transformers. A file that is reached on several ways is overridden only by what overrides it on all of them.
 * kustomize compares names letter by letter, and changes nothing but the images of containers, unless it is told
 * of other fields. It runs the images of components, then patches, then the images of the kustomization itself,
 * then its transformers.
 */
export function readOverrides(files: readonly TextFile[]): OverriddenBy {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const read = new Map<string, Kustomization>()
  for (const file of files) {
    const kustomization = isKustomizationPath(file.path) ? readKustomization(file) : null
    if (kustomization !== null) read.set(directoryOf(file.path), kustomization)
  }
  // What is neither given nor a kustomization decides nothing, and nobody asks about it.
  const isKnown = (path: string) => byPath.has(path) || read.has(path)
  const kustomizations = new Map(
    [...read].map(([directory, kustomization]) => [directory, resolved(directory, kustomization, isKnown)]),
  )
  const deciders = new Map<string, Deciders>()
  const included = new Set([...kustomizations.values()].flatMap(includes))
  const roots = [...kustomizations.keys()].filter((directory) => !included.has(directory))
  let visits = 100_000

  const transformed = ({ transformers }: Kustomization): Deciders =>
    transformers
      .flatMap((target) => kustomizations.get(target)?.resources ?? [target])
      .reduce((above, path) => {
        const file = byPath.get(path)
        return file === undefined ? above : under(above, readTransformers(file), path)
      }, NOTHING)
  const visit = (target: string, above: Deciders, trail: readonly string[]): void => {
    if (visits-- <= 0 || trail.length > MAX_TRAIL || trail.includes(target)) return
    const own = kustomizations.get(target)
    const path = own?.path ?? target
    const known = deciders.get(path)
    const outer = own === undefined ? above : new Map([...transformed(own), ...above])
    deciders.set(path, known === undefined ? outer : intersection(known, outer))
    if (own === undefined) return
    const here = [...trail, target]
    const below = under(outer, own.decides, own.path)
    let resources = below
    for (const component of own.components) {
      visit(component, below, here)
      const used = kustomizations.get(component)
      if (used === undefined) continue
      resources = new Map([...transformed(used), ...under(resources, used.decides, used.path)])
    }
    for (const patch of own.patches) visit(patch, below, here)
    for (const resource of own.resources) visit(resource, resources, here)
  }
  for (const root of roots) visit(root, NOTHING, [])
  return (path, { names: [name = ''], isContainer }) => {
    const decider = deciders.get(path)?.get(name)
    const isReached = isContainer || decider?.everywhere || isKustomizationPath(path)
    return isReached ? (decider?.path ?? null) : null
  }
}

/** What is decided further out goes first, but for fields that it does not reach. */
function under(above: Deciders, decided: readonly Decided[], path: string): Deciders {
  const all = new Map(above)
  for (const { name, everywhere } of decided) {
    if (all.get(name)?.everywhere !== true && (everywhere || !all.has(name)))
      all.set(name, { path, everywhere })
  }
  return all
}

/** With paths from the root instead of what is written, and only those of files that are known. */
function resolved(
  directory: string,
  kustomization: Kustomization,
  isKnown: (path: string) => boolean,
): Kustomization {
  const known = (entries: string[]) => entries.map((entry) => join(directory, entry)).filter(isKnown)
  return {
    ...kustomization,
    resources: known(kustomization.resources),
    patches: known(kustomization.patches),
    components: known(kustomization.components),
    transformers: known(kustomization.transformers),
  }
}

function includes({ resources, patches, components, transformers }: Kustomization): string[] {
  return [...resources, ...patches, ...components, ...transformers]
}

function intersection(a: Deciders, b: Deciders): Deciders {
  return new Map(
    [...a].flatMap(([name, { path, everywhere }]) => {
      const other = b.get(name)
      return other === undefined ? [] : [[name, { path, everywhere: everywhere && other.everywhere }]]
    }),
  )
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Joins two relative paths; what leads out of the repository, or is a URL, leads nowhere. */
function join(directory: string, entry: string): string {
  if (directory !== '' && !/(?:^|\/)(?:\.|\/|$)/.test(entry)) return `${directory}/${entry}`
  const parts = directory === '' ? [] : directory.split('/')
  for (const part of entry.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return '..'
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
