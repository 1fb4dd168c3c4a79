import { isAlias, isMap, isSeq, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml'
import { tooDeep } from './tokens.ts'

/** More than this is refused: no manifest that a person wrote comes near. */
export const MAX_DEPTH = 200
const MAX_EXPANDED = 1_000_000

const TOO_MANY = 'The document grows beyond a million values when its aliases are followed.'

export interface BoundAliases {
  /** What each alias stands for. */
  targets: Map<ParsedNode, ParsedNode>
  /** Null when the document is within its limits, also after following every alias. */
  problem: { code: 'not-yaml' | 'too-deep' | 'too-many-aliases'; message: string; at: number } | null
}

/** Binds aliases to the anchors before them, and measures what the document is when all are followed. */
export function bindAliases(root: ParsedNode): BoundAliases {
  const targets = new Map<ParsedNode, ParsedNode>()
  const anchors = new Map<string, ParsedNode>()
  const measures = new Map<ParsedNode, Measure>()
  const bound: BoundAliases = { targets, problem: null }
  const fail = (
    code: 'not-yaml' | 'too-deep' | 'too-many-aliases',
    message: string,
    node: ParsedNode | null,
  ): Measure => {
    bound.problem ??= { code, message, at: node?.range[0] ?? 0 }
    return { size: 0, depth: 0 }
  }
  const measure = (node: ParsedNode | null, level: number): Measure => {
    if (node === null || bound.problem !== null) return { size: 1, depth: 0 }
    if (level > MAX_DEPTH) return fail('too-deep', tooDeep(MAX_DEPTH), node)
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target === undefined) return fail('not-yaml', 'The file is not YAML: an alias has no anchor.', node)
      targets.set(node, target)
      return (
        measures.get(target) ?? fail('too-many-aliases', 'An alias stands inside of its own anchor.', node)
      )
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    const sum = { size: 1, depth: 0 }
    for (const child of childrenOf(node)) {
      const { size, depth } = measure(child, level + 1)
      sum.size += size
      sum.depth = Math.max(sum.depth, depth + 1)
    }
    if (targets.size > 0 && sum.size > MAX_EXPANDED) return fail('too-many-aliases', TOO_MANY, node)
    if (level + sum.depth > MAX_DEPTH) return fail('too-deep', tooDeep(MAX_DEPTH), node)
    if (node.anchor !== undefined) measures.set(node, sum)
    return sum
  }
  measure(root, 0)
  return bound
}

interface Measure {
  size: number
  depth: number
}

function childrenOf(node: ParsedNode): (ParsedNode | null)[] {
  if (isMap(node)) return (node as YAMLMap.Parsed).items.flatMap(({ key, value }) => [key, value])
  return isSeq(node) ? (node as YAMLSeq.Parsed).items.map((item) => item as ParsedNode) : []
}
