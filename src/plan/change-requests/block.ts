import { z } from 'zod'
import { hide, reveal } from '../hidden.ts'

/**
 * What the bot knows about its own change request, hidden in the body as one HTML comment of versioned JSON.
 * It is believed only in a body that the bot itself wrote.
 */
export interface Block {
  /** Key of the application repository, as it was called then. */
  source: string
  /** The forge's id of it. */
  sourceId: string
  app: string
  /** Name of the environment, or `previews`. */
  target: string
  /** What is proposed: the image tag, or a digest of the set of previews. */
  version: string
  /** Commit of the version, where it names one. */
  commit: string | null
  /** Versions that were proposed here before, oldest first. */
  supersedes: string[]
  /** A digest of the paths that the branch changes. */
  files: string
  /** When a person asked for this version, where it is not the rule's: each time it is another wish. */
  asked?: string | undefined
  /** Who was asked for a review, such as `user:alice`; absent: nobody. Nobody is asked twice. */
  reviewers?: string[] | undefined
  /** Why the bot itself closed it; null when it did not. */
  closed: string | null
}

const NAME = 'supercargo:v1'

const schema = z.object({
  source: z.string(),
  sourceId: z.string(),
  app: z.string(),
  target: z.string(),
  version: z.string(),
  commit: z.string().nullable(),
  supersedes: z.array(z.string()),
  files: z.string(),
  asked: z.string().optional(),
  reviewers: z.array(z.string()).optional(),
  closed: z.string().nullable(),
})

/** One line that shows nothing. */
export function writeBlock(block: Block): string {
  return hide(NAME, block)
}

/**
 * True when both speak of the same application repository, whether it was renamed or made anew. Forges number
 * their repositories by themselves, so that the same id on another forge is another repository.
 */
export function sameSource(
  a: Pick<Block, 'source' | 'sourceId'>,
  b: Pick<Block, 'source' | 'sourceId'>,
): boolean {
  const sameForge = a.source.split(':', 1)[0] === b.source.split(':', 1)[0]
  return (sameForge && a.sourceId === b.sourceId) || a.source === b.source
}

/** True when both speak of the same target of the same application repository. */
export function sameOwner(a: Owner, b: Owner): boolean {
  return sameSource(a, b) && a.app === b.app && a.target === b.target
}

type Owner = Pick<Block, 'source' | 'sourceId' | 'app' | 'target'>

/** The last block of a body; null where there is none, or none that can be read. */
export function readBlock(body: string): Block | null {
  const parsed = schema.safeParse(reveal(NAME, body)?.value)
  return parsed.success ? parsed.data : null
}

/** The same body with another block. */
export function replaceBlock(body: string, block: Block): string {
  const found = reveal(NAME, body)
  if (found === null) return `${body.trimEnd()}\n\n${writeBlock(block)}`
  return `${body.slice(0, found.start)}${writeBlock(block)}${body.slice(found.end)}`
}
