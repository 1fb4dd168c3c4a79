import type { Execution } from './execution.ts'
import type { View } from './fields.ts'
import { checkMutations } from './mutate-checks.ts'
import { commentMutations } from './mutate-comments.ts'
import { commitMutations } from './mutate-commits.ts'
import { pullMutations } from './mutate-pulls.ts'
import { refMutations } from './mutate-refs.ts'

/** The root of all mutations. Its fields run in order; one that fails does not undo those before it. */
export function mutationView(execution: Execution): View {
  return {
    __typename: 'Mutation',
    ...refMutations(execution),
    ...commitMutations(execution),
    ...pullMutations(execution),
    ...commentMutations(execution),
    ...checkMutations(execution),
  }
}
