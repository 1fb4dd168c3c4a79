import { type ImageName, parseImageName } from '../domain/image.ts'
import type { Answers } from '../plan/questions.ts'

/** What a pass has asked of a registry that may be another one by itself. */
export interface Watch {
  image: ImageName
  /** Null: the list of all tags. */
  tag: string | null
}

/** How the keys of watches begin, among all that `recordFeeds` keeps. */
export const WATCH_PREFIXES = ['manifest ', 'tags '] as const

/** Keys of what a plan has asked; what never changes, or is only asked by who waits for it, is none. */
export function watchesOf(answers: Answers): string[] {
  return Object.keys(answers).filter((key) => readWatch(key) !== null)
}

/** Reads a questionKey(); null where it is no watch. */
export function readWatch(key: string): Watch | null {
  const [about = '', name = '', tag = null] = key.split(' ')
  if (about === 'manifest' && tag !== null && !tag.includes(':')) return { image: parseImageName(name), tag }
  return about === 'tags' ? { image: parseImageName(name), tag: null } : null
}
