import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

export interface Cost {
  /** How many nodes the query may return at most. GitHub refuses more than 500,000. */
  nodes: number
  /** Points that it takes from the rate limit. */
  points: number
}

/**
 * What a query may cost, by
 * https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api: each connection
 * counts as often as its parents may occur.
 */
export function queryCost(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Cost {
  const fragments = new Map<string, FragmentDefinitionNode>(
    document.definitions.flatMap((it) =>
      it.kind === Kind.FRAGMENT_DEFINITION ? [[it.name.value, it] as const] : [],
    ),
  )
  let nodes = 0
  let requests = 0

  function visit(set: SelectionSetNode | undefined, parents: number): void {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        visit(fragments.get(selection.name.value)?.selectionSet, parents)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet, parents)
      } else {
        const size = pageSize(selection, variables)
        if (size !== null) {
          requests += parents
          nodes += parents * size
        }
        visit(selection.selectionSet, parents * (size ?? 1))
      }
    }
  }

  visit(operation.selectionSet, 1)
  return { nodes, points: Math.max(1, Math.round(requests / 100)) }
}

function pageSize(field: FieldNode, variables: Record<string, unknown>): number | null {
  for (const { name, value } of field.arguments ?? []) {
    if (name.value !== 'first' && name.value !== 'last') continue
    if (value.kind === Kind.INT) return Number(value.value)
    if (value.kind === Kind.VARIABLE) return Number(variables[value.name.value] ?? 0)
  }
  return null
}
