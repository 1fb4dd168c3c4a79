import { type ImageName, splitName } from '../../domain/image.ts'
import type { Subject } from '../editor.ts'
import { hasName } from './has-name.ts'

/** Whether a text could speak of the subject; what cannot is not parsed. Cheap: no more than three searches. */
export function mayConcern(text: string, subject: Subject | undefined): boolean {
  if (subject === undefined || needlesOf(subject).some((needle) => hasName(text, needle))) return true
  return mayBeMarked(text, subject)
}

/** Whether a text could hold a marker for the subject. */
function mayBeMarked(text: string, { image, app, policies }: Subject): boolean {
  return (
    (text.includes('supercargo:') &&
      (text.includes(needleOf(image)) || (app !== null && text.includes(app)))) ||
    (policies.length > 0 && text.includes('$imagepolicy') && policies.some((policy) => text.includes(policy)))
  )
}

/** What nobody reads as a manifest, though it may speak of images. */
export function isProse(path: string): boolean {
  return /\.(?:md|markdown|adoc|rst)$/i.test(path)
}

/**
 * The part of an image's name that stands in every spelling of it, with or without registry and `library/`:
 * a file without this text cannot name the image, and is not parsed.
 */
export function needleOf(image: ImageName): string {
  return image.written.slice(image.written.lastIndexOf('/') + 1)
}

/** The needles of the image and of the name that it is to have. */
export function needlesOf({ image, renamed }: Subject): string[] {
  return [image, ...(renamed === null ? [] : [renamed])].map(needleOf)
}

/** Where the whole name first stands in a text outside of a line that is a comment; null where it does not. */
export function findMention(text: string, image: ImageName): { line: number; column: number } | null {
  const pattern = new RegExp(
    `(?<![A-Za-z0-9._]|(?<!:/)/|(?<!\\$\\{\\w+:?)-)(?:${spellings(image).join('|')})(?![A-Za-z0-9_/-])`,
    'g',
  )
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = text.lastIndexOf('\n', match.index) + 1
    if (!/^\s*(?:#|\/\/)/.test(text.slice(start, match.index))) {
      return { line: lineOf(text, start), column: match.index - start + 1 }
    }
    const next = text.indexOf('\n', match.index)
    if (next === -1) return null
    pattern.lastIndex = next
  }
  return null
}

function lineOf(text: string, at: number): number {
  let line = 1
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) line++
  return line
}

/** A name without any slash is a word like others, and counts only with a tag or digest behind it. */
function spellings(image: ImageName): string[] {
  const { repository } = splitName(image)
  const short = repository.replace(/^library\//, '')
  return [...new Set([image.normalised, image.written, repository, short])].map((name) => {
    return name.includes('/') ? escaped(name) : `${escaped(name)}(?=[:@][A-Za-z0-9_$\\{])`
  })
}

/** As a pattern that matches nothing else. */
export function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
