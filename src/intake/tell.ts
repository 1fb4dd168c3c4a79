import { z } from 'zod'
import { type ForgeId, parseRepository, type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { DeliveryMeaning } from '../store/store.ts'

/** What one kind of delivery means, for payloads of the form that the forge documents. */
export function reader<T>(
  schema: z.ZodType<T>,
  tell: (payload: T) => DeliveryMeaning,
): (payload: unknown) => DeliveryMeaning {
  return (payload) => {
    const parsed = schema.safeParse(payload)
    if (parsed.success) return tell(parsed.data)
    return nothing(`Not understood: ${malformed(parsed.error)}`)
  }
}

/** Which parts of a payload are not as documented. */
export function malformed({ issues }: z.ZodError): string {
  const where = issues.map(({ path }) => path.map(String).join('.') || 'the payload itself')
  return `missing or malformed in the payload: ${plain([...new Set(where)].join(', '))}`
}

/**
 * The path of a repository in a payload. The forge is always that of the door: nothing in a payload chooses one
 * (requirement 5).
 */
export function repositoryPath(forge: ForgeId, isPath: (parts: string[]) => boolean, form: string) {
  return z.string().transform((path, context): RepositoryId => {
    try {
      if (!path.includes(':') && isPath(path.split('/'))) return parseRepository(path, forge)
    } catch {
      // Said below.
    }
    context.addIssue(`is not ${form}`)
    return z.NEVER
  })
}

/** @param why without a full stop, as every text that is given to the functions of this file */
export function look(repository: RepositoryId, why: string): DeliveryMeaning {
  return { keys: [repositoryKey(repository)], outcome: `Looks at ${repository.path}: ${why}.` }
}

export function unwanted(why: string): DeliveryMeaning {
  return nothing(`Not wanted: ${why}`)
}

export function nothing(outcome: string): DeliveryMeaning {
  return { keys: [], outcome: `${outcome}.` }
}

/** Foreign text on one line, without control characters, at most 120 characters. */
export function plain(text: string | undefined): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const line = (text ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ')
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

/** The first digits of a commit's id. */
export function short(oid: string): string {
  return plain(oid.slice(0, 7))
}
