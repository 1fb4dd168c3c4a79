import { z } from 'zod'
import { hide, reveal } from '../hidden.ts'

/**
 * What the bot's comment on a source pull request remembers, by app. It decides only when people are told, which time they
 * read, what the forge must be asked to show, and whether a page is asked: on GitHub whoever may write can edit it.
 */
export type CommentMemory = Record<string, RowMemory>

export interface RowMemory {
  /** A digest of what the row says. */
  row: string
  /** Since when it says that, as ISO 8601 in minutes. */
  at: string
  /** People were told that there is something to look at. */
  ready: boolean
  /** The commit of the last failure that they were told of. */
  failed: string | null
  /** What the forge shows as deployed, as `previewDeployments` writes it; null: nothing. */
  shown: string | null
  /** What the head of the pull request says, as `previewStatuses` writes it; absent: nothing. */
  status?: string | undefined
  /** Whether the page of a commit answers, where somebody looks; null: nothing is known of one. */
  page: PageMemory | null
}

export interface PageMemory {
  commit: string
  /** Since when this commit is in Git, as ISO 8601. */
  since: string
  /** Nobody needs to ask again. */
  answered: boolean
}

const NAME = 'supercargo:told:v1'

const schema = z.record(
  z.string(),
  z.object({
    row: z.string(),
    at: z.iso.datetime(),
    ready: z.boolean(),
    failed: z.string().nullable(),
    shown: z.string().nullable(),
    status: z.string().optional(),
    // what an earlier version wrote does not have it
    page: z
      .object({
        commit: z.string(),
        since: z.iso.datetime(),
        answered: z.boolean(),
      })
      .nullable()
      .default(null),
  }),
)

export function writeMemory(memory: CommentMemory): string {
  return hide(NAME, memory)
}

/** What a body of the bot's remembers; {} where that is nothing, or cannot be read. */
export function readMemory(body: string): CommentMemory {
  const parsed = schema.safeParse(reveal(NAME, body)?.value)
  return parsed.success ? parsed.data : {}
}
