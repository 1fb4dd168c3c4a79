import type { Scalar } from 'yaml'
import { readReference } from '../../domain/image.ts'
import type { Place } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import { claim, isTemplate, MAX_VERSION, makePlace, sharing, write } from './place.ts'

/** The place of a scalar that holds a whole reference, `name:tag@digest`; null when it names no image. */
export function referencePlace(format: string, document: YamlDocument, scalar: Scalar.Parsed): Place | null {
  const text = typeof scalar.value === 'string' ? scalar.value.trim() : ''
  const reference = splitReference(text)
  if (reference === null) return null
  const { name, tag, digest } = reference
  claim(document, scalar, [name])
  return makePlace(
    document,
    {
      format,
      names: [name],
      tag,
      digest,
      at: scalar.range[0],
      adds: false,
      isShared: () => sharing(document, scalar) === 'same-image',
    },
    (wish) => {
      if (isTemplate(text)) return 'not-literal'
      if (tag === null && digest !== null && wish.digest !== undefined) {
        return write(document, scalar, `${name}@${wish.digest}`)
      }
      const pin = digest !== null && wish.digest !== undefined ? `@${wish.digest}` : ''
      return write(document, scalar, `${name}:${wish.tag}${pin}`)
    },
  )
}

/** Splits where the name ends, whatever stands behind it: a tag may be a variable that is filled in later. */
function splitReference(text: string): { name: string; tag: string | null; digest: string | null } | null {
  if (text.length > MAX_VERSION) return null
  const exact = readReference(text)
  if (exact !== null) return { name: exact.name.written, tag: exact.tag, digest: exact.digest }
  for (let at = text.search(/[:@]/); at !== -1 && at < 300; at = nextMark(text, at)) {
    const name = text.slice(0, at)
    const rest = text.slice(at + 1)
    if (/^\d+\//.test(rest) || readReference(name)?.tag !== null) continue
    if (/\s/.test(rest) && !isTemplate(rest)) continue
    return text.charAt(at) === '@' ? { name, tag: null, digest: rest } : { name, tag: rest, digest: null }
  }
  return null
}

function nextMark(text: string, at: number): number {
  const next = text.slice(at + 1).search(/[:@]/)
  return next === -1 ? -1 : at + 1 + next
}
