import type { YamlDocument } from '../yaml/document.ts'
import { rootMapping, textOf } from '../yaml/mapping.ts'

export type DocumentKind = 'kustomize' | 'kubernetes' | 'values' | 'other'

/** The names under which kustomize looks for its file in a directory. */
const KUSTOMIZATION = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/
const VALUES = /(?:^|\/)[^/]*values[^/]*\.(?:ya?ml|json)$/i

export function isKustomizationPath(path: string): boolean {
  return KUSTOMIZATION.test(path)
}

/** Which format has a document: by the file's name, else by `apiVersion` and `kind`. */
export function kindOf(document: YamlDocument): DocumentKind {
  const root = rootMapping(document)
  if (root === null) return 'other'
  const apiVersion = textOf(root.entries.get('apiVersion'))
  const kind = textOf(root.entries.get('kind'))
  if (isKustomizationPath(document.path) || isKustomize(apiVersion, kind)) return 'kustomize'
  if (VALUES.test(document.path) || apiVersion === null || kind === null) return 'values'
  return 'kubernetes'
}

function isKustomize(apiVersion: string | null, kind: string | null): boolean {
  return (
    (kind === 'Kustomization' || kind === 'Component') &&
    (apiVersion === null || apiVersion.startsWith('kustomize.config.k8s.io/'))
  )
}
