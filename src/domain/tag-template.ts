import type { Oid } from './commit.ts'
import { SupercargoError } from './errors.ts'
import { TAG_PATTERN } from './image.ts'

/**
 * How CI names the image tag of a commit: `{sha}`, `{sha:7}`, `main-{sha:7}`.
 */
export interface TagTemplate {
  source: string
  parts: TagPart[]
}

export type TagPart =
  | { kind: 'text'; text: string }
  /** `length` hexadecimal digits of the commit; 40 for `{sha}`. */
  | { kind: 'sha'; length: number }

const VARIABLE = /\{([^{}]*)\}/g

/**
 * @throws SupercargoError `tag-template-invalid`: an unknown variable, no variable at all, or a text that can
 * never be an OCI tag
 */
export function parseTagTemplate(source: string): TagTemplate {
  const parts: TagPart[] = []
  let end = 0
  for (const match of source.matchAll(VARIABLE)) {
    if (match.index > end) parts.push({ kind: 'text', text: source.slice(end, match.index) })
    parts.push(parseVariable(source, match[1] ?? ''))
    end = match.index + match[0].length
  }
  if (end < source.length) parts.push({ kind: 'text', text: source.slice(end) })
  const template = { source, parts }
  if (!parts.some((part) => part.kind === 'sha')) throw invalid(source, 'it names no commit')
  if (!TAG_PATTERN.test(renderTag(template, 'a'.repeat(40))))
    throw invalid(source, 'its result is not an image tag')
  return template
}

/** The tag of a commit. */
export function renderTag(template: TagTemplate, commit: Oid): string {
  return template.parts
    .map((part) => (part.kind === 'text' ? part.text : commit.slice(0, part.length)))
    .join('')
}

/** The (abbreviated) commit id that a tag names by this template; null when the tag was not made by it. */
export function readTag(template: TagTemplate, tag: string): string | null {
  let rest = tag
  let sha = ''
  for (const part of template.parts) {
    const text = part.kind === 'text' ? part.text : rest.slice(0, part.length)
    if (!rest.startsWith(text)) return null
    if (part.kind === 'sha') {
      if (text.length !== part.length || !/^[0-9a-f]+$/.test(text)) return null
      if (!text.startsWith(sha) && !sha.startsWith(text)) return null
      if (text.length > sha.length) sha = text
    }
    rest = rest.slice(text.length)
  }
  return rest === '' ? sha : null
}

function parseVariable(source: string, name: string): TagPart {
  const match = /^sha(?::([0-9]{1,2}))?$/.exec(name)
  const length = match?.[1] === undefined ? 40 : Number(match[1])
  if (!match || length < 4 || length > 40) throw invalid(source, `{${name}} is not one of its variables`)
  return { kind: 'sha', length }
}

function invalid(source: string, why: string): SupercargoError {
  return new SupercargoError(`"${source}" is not a tag template: ${why}.`, {
    code: 'tag-template-invalid',
    kind: 'permanent',
    advice: 'Use {sha} or {sha:7} with fixed text around it, such as main-{sha:7}.',
  })
}
