import type { z } from 'zod'
import { imageAt } from '../../domain/image.ts'
import type { DeliveryMeaning } from '../../store/store.ts'
import { parseJson } from '../json.ts'
import { malformed, plain } from '../tell.ts'

/** How a registry tells what happened in it. Nothing is thrown, whatever the payload. */
export interface Format {
  /**
   * Every entry of a payload, in its order.
   * @param host of the registry that the operator configured: no host of a payload is ever looked at
   */
  read(host: string, payload: unknown): Entry[]
  /** What stays the same when a payload is sent again. */
  identify(payload: unknown): Identity
}

/** One thing that happened: to an image (its normalised name), or of no use. `what`, `why`: no full stop. */
export type Entry =
  | { kind: 'news'; image: string; what: string }
  | { kind: 'unwanted' | 'malformed'; why: string }

/**
 * The source's own ids; `body`: it has none, and two payloads that are the same tell of one thing; `none`: two
 * payloads that are the same may tell of two things.
 */
export type Identity = readonly string[] | 'body' | 'none'

/** So many sentences or images are told. */
const TOLD = 5

/** What all entries of a delivery mean together: which images to look at. It never says what to do there. */
export function announced(entries: readonly Entry[]): DeliveryMeaning {
  const about = new Map<string, Set<string>>()
  for (const each of entries) {
    if (each.kind === 'news') about.set(each.image, (about.get(each.image) ?? new Set()).add(each.what))
  }
  const images = [...about.keys()]
  const parts = [...about].map(([image, whats]) => `${image}: ${some([...whats], ', ')}`)
  const failed = whys(entries, 'malformed').map((why) => `Not understood: ${why}.`)
  const unwanted = whys(entries, 'unwanted').map((why) => `Not wanted: ${why}.`)
  const sentences =
    images.length > 0 ? [`Announces ${some(parts, '; ')}.`, ...failed] : [...failed, ...unwanted]
  return {
    keys: [],
    images,
    outcome: sentences.slice(0, TOLD).join(' ') || 'Not wanted: it announces nothing.',
  }
}

/** One entry of the documented form, or what is wrong with it. */
export function entry<T>(schema: z.ZodType<T>, payload: unknown, tell: (value: T) => Entry): Entry {
  const parsed = schema.safeParse(payload)
  return parsed.success ? tell(parsed.data) : { kind: 'malformed', why: malformed(parsed.error) }
}

/** The same for a payload that holds several entries. */
export function entries<T>(schema: z.ZodType<T>, payload: unknown, tell: (value: T) => Entry[]): Entry[] {
  const parsed = schema.safeParse(payload)
  return parsed.success ? tell(parsed.data) : [{ kind: 'malformed', why: malformed(parsed.error) }]
}

/** News about the repository at a path of the registry. */
export function news(host: string, path: string, what: string): Entry {
  const image = imageAt(host, path)
  if (image !== null) return { kind: 'news', image: image.normalised, what }
  return { kind: 'malformed', why: `"${plain(path)}" is not the path of a repository` }
}

export function unwanted(why: string): Entry {
  return { kind: 'unwanted', why }
}

/** `tag 1.2.3`; without a tag, or where a digest stands in its place, `a manifest`. */
export function named(tag: string | null | undefined): string {
  return tag == null || tag === '' || tag.includes(':') ? 'a manifest' : `tag ${plain(tag)}`
}

/** An id in a payload, when it is one. */
export function idIn(payload: unknown, name: string): string | null {
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, name)) return null
  const id: unknown = (payload as Record<string, unknown>)[name]
  return typeof id === 'string' && id !== '' ? id : null
}

/** JSON in base64; undefined when it is none. */
export function fromBase64(base64: string): unknown {
  return parseJson(Buffer.from(base64, 'base64'))
}

function whys(all: readonly Entry[], kind: 'unwanted' | 'malformed'): string[] {
  return [...new Set(all.flatMap((each) => (each.kind === kind ? [each.why] : [])))]
}

function some(texts: readonly string[], separator: string): string {
  const more = texts.length - TOLD
  return texts.slice(0, TOLD).join(separator) + (more > 0 ? `${separator}and ${more} more` : '')
}
