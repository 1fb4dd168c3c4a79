import type { Scalar } from 'yaml'
import { readReference } from '../../domain/image.ts'
import { behindName } from '../behind-name.ts'
import type { Place } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import { claim, isTemplate, MAX_VERSION, makePlace, sharing, write } from './place.ts'
import { isOtherName } from './rename.ts'

export interface ReferenceShape {
  format: string
  /** What stands before the reference in the scalar, such as `web=`. */
  prefix?: string
  /** Names by which the image goes besides the one that is written, the deployed one first. */
  names?: (written: string) => string[]
  /** Whether a name without tag and digest gets a tag only when nothing else names the image. */
  addsTag?: boolean
  /** What to write in place of a name; null where that cannot be, since a part of it stands elsewhere. */
  rename?: (written: string, wished: string) => string | null
}

/** The place of a scalar that holds a whole reference, `name:tag@digest`; null when it names no image. */
export function referencePlace(
  document: YamlDocument,
  scalar: Scalar.Parsed,
  shape: ReferenceShape,
): Place | null {
  const { format, prefix = '', names: namesOf = (written) => [written], addsTag } = shape
  const text = typeof scalar.value === 'string' ? scalar.value.trim() : ''
  const reference = text.startsWith(prefix) ? splitReference(text.slice(prefix.length)) : null
  if (reference === null) return null
  const { name, tag, digest } = reference
  const names = namesOf(name)
  const rename = shape.rename ?? ((_, wished) => wished)
  claim(document, scalar, names)
  return makePlace(
    document,
    {
      format,
      names,
      tag,
      digest,
      at: scalar.range[0],
      adds: addsTag === true && tag === null && digest === null,
      takesDigest: true,
      isShared: () => sharing(document, scalar) === 'same-image',
    },
    (wish) => {
      if (isTemplate(text)) return 'not-literal'
      const written = isOtherName(names[0], wish.name) ? rename(name, wish.name) : name
      if (written === null) return 'rename-unsupported'
      return write(document, scalar, `${prefix}${written}${behindName(reference, wish)}`)
    },
  )
}

/** A reference as it is written: what stands behind the name may be a variable that is filled in later. */
export interface WrittenReference {
  name: string
  tag: string | null
  digest: string | null
}

/** Splits where the name ends, whatever stands behind it; null when there is no name. */
export function splitReference(text: string): WrittenReference | null {
  if (text.length > MAX_VERSION) return null
  const exact = readReference(text)
  if (exact !== null) return { name: exact.name.written, tag: exact.tag, digest: exact.digest }
  const [, fallback, behind = ''] = /^\$\{\w+:?[-=]([^{}]+)\}(.*)$/s.exec(text) ?? []
  if (fallback !== undefined) return splitReference(`${fallback}${behind}`)
  for (let at = text.search(/[:@]/); at !== -1 && at < 300; at = nextMark(text, at)) {
    const name = text.slice(0, at)
    const rest = text.slice(at + 1)
    if (/^\d+\//.test(rest) || readReference(name)?.tag !== null) continue
    if (/\s/.test(rest) && !isTemplate(rest)) continue
    if (text.charAt(at) === '@') return { name, tag: null, digest: rest }
    const pin = isTemplate(rest) ? -1 : rest.indexOf('@')
    return pin === -1
      ? { name, tag: rest, digest: null }
      : { name, tag: rest.slice(0, pin), digest: rest.slice(pin + 1) }
  }
  return null
}

function nextMark(text: string, at: number): number {
  const next = text.slice(at + 1).search(/[:@]/)
  return next === -1 ? -1 : at + 1 + next
}
