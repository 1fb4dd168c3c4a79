import { parseDuration } from '../domain/duration.ts'
import { TAG_PATTERN } from '../domain/image.ts'
import { nearest } from '../domain/nearest.ts'
import { Pattern } from '../domain/pattern.ts'
import { parseGlob } from './grammar-glob.ts'
import { attempt, type Parsed, right, wrong } from './parsed.ts'

const CONDITIONS = ['image', 'checks', 'both', 'commit'] as const
export type Condition = (typeof CONDITIONS)[number]

/** `image`, `checks`, `both`, `commit`. */
export function parseCondition(text: string): Parsed<Condition> {
  const condition = CONDITIONS.find((each) => each === text)
  if (condition !== undefined) return right(condition)
  const near = nearest(text, CONDITIONS)
  return wrong(
    `"${text}" is nothing that a version can be ready by.`,
    near === null ? 'Write image, checks, both or commit.' : `Did you mean ${near}?`,
  )
}

/** A glob over names of checks, which hold spaces and brackets: `build (20)`, `coverage/*`. */
export function parseCheckGlob(text: string): Parsed<string> {
  if (text.trim() === text && text !== '' && text.length <= 256 && !/\p{Cc}/u.test(text)) return right(text)
  return wrong(
    `${JSON.stringify(text.slice(0, 80))} is not the name of a check.`,
    'Write the name as the forge shows it, such as test, or a pattern such as coverage/*.',
  )
}

/** `30m`, `1h`, `2d`, in seconds. */
export function parseTime(text: string): Parsed<number> {
  return attempt(() => parseDuration(text))
}

/** A glob over tags of a registry. */
export function parseTagGlob(text: string): Parsed<string> {
  if (parseGlob(text).ok && TAG_PATTERN.test(text.replace(/[*?]/g, 'x').slice(0, 128))) return right(text)
  return wrong(
    `${JSON.stringify(text.slice(0, 80))} is not a pattern for tags of images.`,
    'Write a pattern such as main-* or *-rc.*: * is any text.',
  )
}

/** A regular expression with a group, with or without slashes around it. */
export function parseExtract(text: string): Parsed<string> {
  const source = /^\/.+\/$/s.test(text) ? text.slice(1, -1) : text
  const pattern = attempt(() => new Pattern(source))
  if (!pattern.ok) return pattern
  if (pattern.value.groupCount > 0) return right(source)
  return wrong(
    `"${source}" has no group, so nothing would be compared.`,
    'Put what is compared in brackets, such as ^web-([0-9.]+)$.',
  )
}
