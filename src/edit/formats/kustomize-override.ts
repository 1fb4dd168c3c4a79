import type { Scalar } from 'yaml'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { referencePlace } from '../yaml/reference-place.ts'

/**
 * An image override as `kustomize edit set image` takes it, in one text: `name=newName:tag`, `name:tag`,
 * `name=newName@digest`. Null when it names no image.
 */
export function placeOfOverride(document: YamlDocument, scalar: Scalar.Parsed, format: string): Place | null {
  const text = String(scalar.value).trim()
  const equals = text.indexOf('=')
  const name = text.slice(0, Math.max(0, equals))
  return referencePlace(document, scalar, {
    format,
    prefix: text.slice(0, equals + 1),
    addsTag: true,
    names: (written) => (name === '' ? [written] : [written, name]),
    rename: (written, wished) => (name === '' ? `${written}=${wished}` : wished),
  })
}
