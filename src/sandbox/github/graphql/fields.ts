import type { GraphQLFieldResolver } from 'graphql'
import { notImplemented } from './errors.ts'

/**
 * What stands for an object of GitHub's schema: its fields as values, or as functions of their arguments.
 * A field that a view does not have is not implemented, and asking for it is an error.
 */
export interface View {
  __typename: string
  [field: string]: unknown
}

type Resolve = ((args: never) => unknown) & { takes?: readonly string[] }

/** A field with arguments. Those that are not named are refused when somebody gives them. */
export function takes<A extends object>(
  names: readonly (keyof A & string)[],
  resolve: (args: A) => unknown,
): Resolve {
  return Object.assign((args: never) => resolve(args), { takes: names })
}

/** Reads one field of a view. */
export const resolveField: GraphQLFieldResolver<View, unknown> = (view, args, _context, info) => {
  const name = `${info.parentType.name}.${info.fieldName}`
  if (!Object.hasOwn(view, info.fieldName)) throw notImplemented(name)
  const field = view[info.fieldName]
  const taken = typeof field === 'function' ? ((field as Resolve).takes ?? []) : []
  for (const node of info.fieldNodes[0]?.arguments ?? []) {
    const argument = node.name.value
    const given = (args as Record<string, unknown>)[argument]
    if (given !== null && given !== undefined && !taken.includes(argument)) {
      throw notImplemented(`the argument "${argument}" of ${name}`)
    }
  }
  return typeof field === 'function' ? (field as (args: object) => unknown)(args) : field
}

/** Reads once, when it is first asked. */
export function once<T>(read: () => T): () => T {
  let result: { value: T } | undefined
  return () => {
    result ??= { value: read() }
    return result.value
  }
}
