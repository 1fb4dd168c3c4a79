import { readReference } from '../../domain/image.ts'
import type { Range } from '../editor.ts'

/** A reference that stands in a text. */
export interface FoundReference extends Range {
  name: string
  normalised: string
  tag: string | null
  digest: string | null
  /** False where something that is filled in later follows at once: `web:${TAG}`. */
  isLiteral: boolean
}

const WORD = /(?<![A-Za-z0-9._:@/])[A-Za-z0-9[][A-Za-z0-9._:@/[\]+-]*/g
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//

/** Every word of a text that is a reference to an image, or could be one. Takes linear time. */
export function referencesIn(text: string): FoundReference[] {
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const start = index + (SCHEME.exec(word)?.[0].length ?? 0)
    const rest = text.slice(start, index + word.length)
    const written = rest.replace(/[:@.-]+$/, '')
    const reference = readReference(written)
    if (reference === null) return []
    const end = start + written.length
    const { name, tag, digest } = reference
    const isLiteral =
      !/[:@]/.test(rest.slice(written.length)) && !/[${%<]/.test(text.charAt(index + word.length))
    return [{ start, end, name: name.written, normalised: name.normalised, tag, digest, isLiteral }]
  })
}
