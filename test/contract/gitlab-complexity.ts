import assert from 'node:assert/strict'
import { type FragmentDefinitionNode, Kind, parse, type SelectionSetNode } from 'graphql'

/** https://docs.gitlab.com/api/graphql/#limits */
const MOST_COMPLEX = 250
const MOST_CHARACTERS = 10_000
const DEEPEST = 20

/** What fields cost that cost more than 1, by GitLab's own source (`calls_gitaly`, `complexity`). */
const COSTS: Record<string, number> = {
  rootRef: 2,
  lastCommit: 10,
  diffHeadSha: 2,
  detailedMergeStatus: 2,
  mergedAt: 5,
  submodules: 2,
  labels: 5,
}

/**
 * Asserts that GitLab would take a query: it counts what every field may cost before it runs anything. Written after
 * `Types::BaseField` and `Resolvers::BaseResolver`, apart from the adapter, which has figures of its own.
 */
export function judgeComplexity(request: { query: string; variables: Record<string, unknown> }): void {
  assert.ok(request.query.length <= MOST_CHARACTERS, `${request.query.length} characters`)
  const { definitions } = parse(request.query)
  const fragments = new Map(
    definitions
      .filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((each) => [each.name.value, each.selectionSet]),
  )
  const [operation] = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION)
  assert.ok(operation?.kind === Kind.OPERATION_DEFINITION)
  const cost = complexity(operation.selectionSet, '', fragments, request.variables, 1)
  assert.ok(cost <= MOST_COMPLEX, `A complexity of ${cost} in ${request.query}`)
}

function complexity(
  set: SelectionSetNode | undefined,
  parent: string,
  fragments: Map<string, SelectionSetNode>,
  variables: Record<string, unknown>,
  depth: number,
): number {
  assert.ok(depth <= DEEPEST, `A depth of ${depth}`)
  let sum = 0
  for (const each of set?.selections ?? []) {
    if (each.kind === Kind.FRAGMENT_SPREAD) {
      sum += complexity(fragments.get(each.name.value), parent, fragments, variables, depth)
      continue
    }
    assert.ok(each.kind === Kind.FIELD)
    const name = each.name.value
    const below = complexity(each.selectionSet, name, fragments, variables, depth + 1)
    const args = new Map(each.arguments?.map((argument) => [argument.name.value, argument.value]))
    const first = args.get('first')
    const page = first?.kind === Kind.INT ? Number(first.value) : 100
    if (name === 'mergeRequests' || name === 'pipelines' || name === 'jobs') {
      sum += Math.floor((below + 1 + (args.has('sort') ? 1 : 0)) * (1 + page / 100))
    } else if (name === 'blobs' && parent === 'repository') {
      const paths = args.get('paths')
      const list = paths?.kind === Kind.VARIABLE ? variables[paths.name.value] : []
      sum += Math.floor((below + 2 + (list as unknown[]).length) * (1 + page / 100))
    } else if (name === 'blobs' || name === 'tree') sum += below + 2
    else sum += below + (COSTS[name] ?? 1)
  }
  return sum
}
