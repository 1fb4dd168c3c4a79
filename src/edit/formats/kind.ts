import { isSeq, type ParsedNode } from 'yaml'
import type { YamlDocument } from '../yaml/document.ts'
import { itemsOf, type Mapping, mappingAt, mappingIn, rootMapping, textOf } from '../yaml/mapping.ts'
import { isEntry } from './kustomize-entry.ts'
import { operationsOf } from './patches.ts'

export type ObjectKind =
  | 'kustomize'
  | 'image-tag-transformer'
  | 'argo-cd'
  | 'argo-cd-source'
  | 'flux'
  | 'kubernetes'
  | 'compose'
  | 'operation'
  | 'helm-values'
  | 'other'

/** One object of a document: the document's root, or an item of a `List`. */
export interface KindOfObject {
  kind: ObjectKind
  object: Mapping
}

/** The names under which kustomize looks for its file in a directory. */
const KUSTOMIZATION = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/
/** What Argo CD puts over the source of an Application, and what its image updater writes. */
const ARGO_CD_SOURCE = /(?:^|\/)\.argocd-source(?:-[^/]*)?\.yaml$/
const VALUES = /values[^/]*\.(?:ya?ml|json)$/i
const COMPOSE = /(?:^|\/)(?:docker-)?compose(?:[._-][^/]*)?\.(?:ya?ml|json)$/i
/** What only describes: charts, and schemas of their values. */
const DESCRIPTION = /(?:^|\/)Chart\.ya?ml$|\.schema\.json$/
/** APIs whose objects name images without a version: what is scanned or promoted, and what skaffold builds. */
const WITHOUT_VERSIONS: ReadonlySet<string> = new Set([
  'image.toolkit.fluxcd.io',
  'argocd-image-updater.argoproj.io',
  'kargo.akuity.io',
  'skaffold',
])
/** Flux's controller of today, and those before it. */
const HELM_RELEASES =
  /^(?:helm\.toolkit\.fluxcd\.io|helm\.fluxcd\.io|flux\.weave\.works|helm\.integrations\.flux\.weave\.works)$/
const COMPOSE_KEYS =
  /^(?:version|name|services|networks|volumes|configs|secrets|include|models|x-[A-Za-z0-9._-]+)$/
const SERVICE_KEYS = /^(?:image|build|extends)$/

export function isKustomizationPath(path: string): boolean {
  return KUSTOMIZATION.test(path)
}

export function isValuesPath(path: string): boolean {
  return VALUES.test(path)
}

/** What a document is, or each item of its list: by `apiVersion` and `kind`, by the file's name, else by its keys. */
export function objectsOf(document: YamlDocument): KindOfObject[] {
  const root = rootMapping(document)
  if (root !== null) return expand(document, root, false)
  const operations = operationsOf(document)
  if (operations.length > 0) return operations.map((object) => ({ kind: 'operation', object }))
  const items = isSeq(document.root) ? document.root.items : []
  return items.flatMap((item) => {
    const object = mappingAt(document, item as ParsedNode)
    return object === null ? [] : expand(document, object, object.entries.has('apiVersion'))
  })
}

function expand(document: YamlDocument, object: Mapping, isListed: boolean): KindOfObject[] {
  const kind = kindOf(document, object, isListed)
  const list = object.entries.get('items')
  const isList = kind === 'kubernetes' && textOf(object.entries.get('kind'))?.endsWith('List')
  const items = isList ? itemsOf(document, list, 'items') : []
  return items.length > 0 ? items.flatMap((item) => expand(document, item, true)) : [{ kind, object }]
}

function kindOf(document: YamlDocument, object: Mapping, isListed: boolean): ObjectKind {
  const { path } = document
  const apiVersion = textOf(object.entries.get('apiVersion'))
  const kind = textOf(object.entries.get('kind'))
  const [group = ''] = apiVersion?.split('/') ?? []
  if ((!isListed && isKustomizationPath(path)) || isKustomize(apiVersion, kind)) return 'kustomize'
  if (kind === 'ImageTagTransformer' && apiVersion === 'builtin') return 'image-tag-transformer'
  if (group === 'argoproj.io' && (kind === 'Application' || kind === 'ApplicationSet')) return 'argo-cd'
  if (WITHOUT_VERSIONS.has(group) || kind === 'CustomResourceDefinition') return 'other'
  if (HELM_RELEASES.test(group) && kind?.endsWith('HelmRelease')) return 'flux'
  if (group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization') return 'flux'
  if (isListed) return 'kubernetes'
  if (DESCRIPTION.test(path)) return 'other'
  if (ARGO_CD_SOURCE.test(path)) return 'argo-cd-source'
  if (isValuesPath(path)) return 'helm-values'
  if (kind !== null && (apiVersion !== null || mappingIn(document, object, 'metadata') !== null))
    return 'kubernetes'
  return kindByKeys(document, object)
}

/** What a document without `kind` is, whatever the name of its file. */
function kindByKeys(document: YamlDocument, object: Mapping): ObjectKind {
  const images = itemsOf(document, object.entries.get('images'), 'images')
  if (images.some(isEntry)) return 'kustomize'
  if (isSource(document, object)) return 'argo-cd-source'
  return isCompose(document, object) ? 'compose' : 'helm-values'
}

/** Nothing but what overrides the source of an Application, as Argo CD Image Updater writes it into any file. */
function isSource(document: YamlDocument, object: Mapping): boolean {
  const lists = { helm: 'parameters', kustomize: 'images' }
  return (
    [...object.entries.keys()].every((key) => Object.hasOwn(lists, key)) &&
    Object.entries(lists).some(([key, list]) => mappingIn(document, object, key)?.entries.has(list))
  )
}

function isKustomize(apiVersion: string | null, kind: string | null): boolean {
  return (
    (kind === 'Kustomization' || kind === 'Component') &&
    (apiVersion === null || apiVersion.startsWith('kustomize.config.k8s.io/'))
  )
}

/** A file of that name with `services`, or nothing but keys that Compose knows and services that it takes. */
function isCompose(document: YamlDocument, object: Mapping): boolean {
  const services = mappingIn(document, object, 'services')
  if (services === null) return false
  if (COMPOSE.test(document.path)) return true
  return (
    [...object.entries.keys()].every((key) => COMPOSE_KEYS.test(key)) &&
    [...services.entries.keys()].every((name) => {
      const service = mappingIn(document, services, name)
      return (
        service !== null &&
        [...service.entries.keys()].some((key) => SERVICE_KEYS.test(key)) &&
        mappingIn(document, service, 'image') === null
      )
    })
  )
}
