import { isMap } from 'yaml'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import { itemsIn, itemsOf, type Mapping, scalarOf, scalarsIn, textOf } from '../yaml/mapping.ts'
import { liftPlace, nestedIn } from '../yaml/nested.ts'
import { referencePlace } from '../yaml/reference-place.ts'
import { IMAGE_KEY } from './image-keys.ts'
import { placesBelow } from './kubernetes.ts'

const FORMAT = 'kubernetes'

/**
 * An operation of a JSON patch, as kustomize takes them (https://www.rfc-editor.org/rfc/rfc6902): an image by the
 * path that it is written to, or images in the value.
 */
export const jsonPatch: YamlFormat = { name: FORMAT, places: placesInOperation }

/** The operations of a document that is a JSON patch; [] for any other. */
export function operationsOf(document: YamlDocument): Mapping[] {
  const items = itemsIn(document, document.root)
  return items.every(({ entries }) => entries.has('op') && entries.has('path')) ? items : []
}

/**
 * Patches that stand in a mapping as texts, as kustomize takes them
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/).
 */
export function placesInPatches(document: YamlDocument, { entries }: Mapping): Place[] {
  const texts = [
    ...['patches', 'patchesJson6902'].flatMap((key) =>
      itemsOf(document, entries.get(key), key).flatMap((item) => scalarOf(item.entries.get('patch')) ?? []),
    ),
    ...scalarsIn(document, entries.get('patchesStrategicMerge')),
  ]
  return texts.flatMap((text) =>
    nestedIn(document, text).documents.flatMap((inner) => {
      const places = isMap(inner.root)
        ? placesBelow(inner, inner.root, undefined)
        : operationsOf(inner).flatMap((operation) => placesInOperation(inner, operation))
      return places.map((place) => liftPlace(document, text, inner, place))
    }),
  )
}

function placesInOperation(document: YamlDocument, { entries }: Mapping): Place[] {
  const path = textOf(entries.get('path')) ?? ''
  const value = entries.get('value')
  const scalar = scalarOf(value)
  const isImage = IMAGE_KEY.test(path.slice(path.lastIndexOf('/') + 1))
  const whole = scalar !== null && isImage ? referencePlace(document, scalar, { format: FORMAT }) : null
  const places = scalar === null ? placesBelow(document, value?.value ?? null, undefined) : []
  const isContainer = /\/(?:containers|initContainers)(?:\/|$)/.test(path)
  return [...places, ...(whole === null ? [] : [whole])].map((place) =>
    isContainer ? { ...place, isContainer } : place,
  )
}
