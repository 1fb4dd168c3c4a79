import { isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml'
import { type FieldPath, type FieldStep, showSteps } from '../../domain/field-path.ts'
import { nearest } from '../../domain/nearest.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { entriesOf, resolve, rootMapping, textOf } from '../yaml/mapping.ts'

/** Which document of a file: a Kubernetes object by its kind and, unless null, its name. */
export interface DocumentWish {
  kind: string
  name: string | null
}

export interface FoundValue {
  document: YamlDocument
  scalar: Scalar.Parsed
  /** False where an alias or a merge key lies on the way: the value stands somewhere else. */
  direct: boolean
  /** True where an alias elsewhere uses the value, or what it stands in. */
  shared: boolean
}

export interface MissingValue {
  code: 'field-not-found' | 'field-ambiguous' | 'unsupported-shape'
  message: string
  /** Null: the file as a whole. */
  document: YamlDocument | null
  /** Offset in the document. */
  at: number
}

/** The one scalar at a path in the documents of a file, or why there is not exactly one. */
export function findValue(
  documents: readonly YamlDocument[],
  wish: DocumentWish | null,
  path: FieldPath,
): FoundValue | MissingValue {
  const wanted = wish === null ? documents : documents.filter((document) => isNamed(document, wish))
  if (wish !== null && wanted.length === 0) {
    const names = documents.flatMap((document) => nameOf(document) ?? [])
    const message = `There is no ${show(wish)} in the file.${names.length === 0 ? '' : ` It holds ${list(names)}.`}`
    return missing('field-not-found', message, null)
  }
  const walks = wanted.map((document) => walk(document, path))
  const found = walks.filter((each) => 'scalar' in each)
  const [first, second] = found
  if (second !== undefined) {
    const names = found.flatMap(({ document }) => nameOf(document) ?? [])
    const message = `${found.length} documents of the file have "${path.source}". Say with "in" which one is meant${names.length === 0 ? '' : `: ${list(names)}`}.`
    return missing('field-ambiguous', message, second.document, second.scalar.range[0])
  }
  const farthest = walks
    .flatMap((each) => ('scalar' in each ? [] : [each]))
    .reduce<Stop | null>((best, each) => (best === null || each.depth > best.depth ? each : best), null)
  return first ?? farthest ?? missing('field-not-found', 'The file holds no document.', null)
}

interface Stop extends MissingValue {
  /** How many steps of the path exist. */
  depth: number
}

function walk(document: YamlDocument, path: FieldPath): FoundValue | Stop {
  let written: ParsedNode | null = document.root
  let direct = true
  let shared = false
  const stop = (depth: number, code: Stop['code'], message: string): Stop => ({
    ...missing(code, message, document, resolve(document, written)?.range[0] ?? 0),
    depth,
  })
  for (const [index, step] of path.steps.entries()) {
    const node = resolve(document, written)
    direct &&= node === written
    shared ||= node !== null && document.aliased.has(node)
    const next = follow(document, node, step)
    if ('why' in next) {
      const where = index === 0 ? 'The document' : `"${showSteps(path.steps.slice(0, index))}"`
      return stop(index, next.code, `${where} ${next.why}`)
    }
    direct &&= next.direct
    written = next.node
  }
  const node = resolve(document, written)
  direct &&= node === written
  shared ||= node !== null && document.aliased.has(node)
  if (isScalar(node)) return { document, scalar: node as Scalar.Parsed, direct, shared }
  const what = isMap(node) ? 'a mapping' : isSeq(node) ? 'a list' : 'empty'
  return stop(
    path.steps.length,
    'unsupported-shape',
    `"${path.source}" is ${what}, and only a single value can be set.`,
  )
}

type Next =
  | { node: ParsedNode | null; direct: boolean }
  | { code: 'field-not-found' | 'field-ambiguous'; why: string }

function follow(document: YamlDocument, node: ParsedNode | null, step: FieldStep): Next {
  if (step.kind === 'key') {
    if (!isMap(node)) return notFound(`is ${isSeq(node) ? 'a list' : 'no mapping'}, which has no keys.`)
    const entries = entriesOf(document, node as YAMLMap.Parsed)
    const entry = entries.get(step.key)
    if (entry !== undefined) return { node: entry.value, direct: entry.direct }
    const keys = [...entries.keys()]
    const near = nearest(step.key, keys)
    const hint = near !== null ? `Did you mean "${near}"?` : `It has ${list(keys)}.`
    return notFound(`has no "${step.key}". ${keys.length === 0 ? '' : hint}`.trim())
  }
  if (!isSeq(node)) return notFound('is no list, which has no items.')
  const items = node.items as ParsedNode[]
  if (step.kind === 'index') {
    const item = items[step.index]
    return item !== undefined
      ? { node: item, direct: true }
      : notFound(`has no item ${step.index}: it has ${items.length}, and they count from 0.`)
  }
  const matches = items.filter((item) => isItem(document, item, step))
  const [item, second] = matches
  const name = `${step.key}=${step.value}`
  if (second !== undefined) return { code: 'field-ambiguous', why: `has several items with ${name}.` }
  return item !== undefined ? { node: item, direct: true } : notFound(`has no item with ${name}.`)
}

function isItem(document: YamlDocument, item: ParsedNode, step: { key: string; value: string }): boolean {
  const node = resolve(document, item)
  return isMap(node) && textOf(entriesOf(document, node as YAMLMap.Parsed).get(step.key)) === step.value
}

function isNamed(document: YamlDocument, { kind, name }: DocumentWish): boolean {
  const found = namesOf(document)
  return found !== null && found.kind === kind && (name === null || found.name === name)
}

function nameOf(document: YamlDocument): string | null {
  const found = namesOf(document)
  return found === null ? null : show(found)
}

function namesOf(document: YamlDocument): DocumentWish | null {
  const root = rootMapping(document)
  const kind = textOf(root?.entries.get('kind'))
  const metadata = root?.entries.get('metadata')?.value ?? null
  if (kind === null) return null
  const name = isMap(metadata) ? textOf(entriesOf(document, metadata as YAMLMap.Parsed).get('name')) : null
  return { kind, name }
}

function show({ kind, name }: DocumentWish): string {
  return name === null ? kind : `${kind}/${name}`
}

/** The first few. */
function list(words: readonly string[]): string {
  const shown = words.slice(0, 5).map((word) => (word.length > 80 ? `${word.slice(0, 80)}…` : word))
  return `${shown.join(', ')}${words.length > shown.length ? ' and more' : ''}`
}

function notFound(why: string): Next {
  return { code: 'field-not-found', why }
}

function missing(
  code: MissingValue['code'],
  message: string,
  document: YamlDocument | null,
  at = 0,
): MissingValue {
  return { code, message, document, at }
}
