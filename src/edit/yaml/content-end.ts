import { isCollection, isPair, type Pair, type ParsedNode } from 'yaml'

export type ParsedPair = Pair<ParsedNode, ParsedNode | null>

/**
 * Where the last written thing of a node ends: without the comments and blank lines that the parser counts
 * among a block collection. A block scalar ends behind its last line end.
 */
export function contentEnd(node: ParsedNode | ParsedPair): number {
  if (isPair(node)) {
    const { key, value } = node as ParsedPair
    return value === null ? contentEnd(key) : contentEnd(value)
  }
  if (!isCollection(node) || node.flow) return node.range[1]
  const last = node.items.at(-1) as ParsedNode | ParsedPair | undefined
  return last === undefined ? node.range[1] : contentEnd(last)
}
