import { notImplemented } from './errors.ts'
import { takes } from './fields.ts'

type Payload = Record<string, unknown>

/**
 * A mutation: `work` gets the input and gives the payload's fields.
 * @param names of the input's fields that it honours; others are refused when they are given
 */
export function mutation<I extends object>(
  name: string,
  names: readonly (keyof I & string)[],
  work: (input: I) => Payload | Promise<Payload>,
): Payload {
  const field = takes<{ input: I & { clientMutationId?: string | null } }>(['input'], async ({ input }) => {
    for (const [key, value] of Object.entries(input)) {
      const known = key === 'clientMutationId' || names.includes(key as keyof I & string)
      if (!known && value !== null && value !== undefined) {
        throw notImplemented(`the input "${key}" of Mutation.${name}`)
      }
    }
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Payload`
    return { __typename: type, clientMutationId: input.clientMutationId ?? null, ...(await work(input)) }
  })
  return { [name]: field }
}
