import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import {
  type Mapping,
  mappingAt,
  mappingIn,
  mappingsBelow,
  rootMapping,
  scalarOf,
  scalarsIn,
} from '../yaml/mapping.ts'
import { liftPlace, nestedIn } from '../yaml/nested.ts'
import { placesInGenerators } from './argo-cd-generators.ts'
import { type NamesByPath, namesByPath, placesInParameters } from './argo-cd-parameters.ts'
import { placesInValues } from './helm-values.ts'
import { placeOfOverride } from './kustomize-override.ts'

const FORMAT = 'argo-cd'

/**
 * Application and ApplicationSet, whose templates hold sources as an Application does
 * (https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml): parameters and values for Helm,
 * images for kustomize, and the elements of generators.
 */
export const argoCd: YamlFormat = {
  name: FORMAT,
  places: (document, object) => [
    ...placesInGenerators(document, mappingIn(document, object, 'spec'), FORMAT),
    ...mappingsBelow(document, object.node)
      .filter(({ key }) => key === 'source' || key === 'sources' || key === 'drySource')
      .flatMap((source) => placesInSource(document, source)),
  ],
}

function placesInSource(document: YamlDocument, source: Mapping): Place[] {
  const helm = mappingIn(document, source, 'helm')
  const images = mappingIn(document, source, 'kustomize')?.entries.get('images')
  return [
    ...(helm === null ? [] : placesInHelm(document, helm)),
    ...scalarsIn(document, images).flatMap((scalar) => placeOfOverride(document, scalar, FORMAT) ?? []),
  ]
}

function placesInHelm(document: YamlDocument, helm: Mapping): Place[] {
  const names: NamesByPath = new Map()
  const places: Place[] = []
  const object = mappingAt(document, helm.entries.get('valuesObject')?.value ?? null)
  if (object !== null) {
    namesByPath(document, object, names)
    places.push(...placesInValues(document, object, FORMAT))
  }
  const text = scalarOf(helm.entries.get('values'))
  for (const inner of text === null ? [] : nestedIn(document, text).documents) {
    const values = rootMapping(inner)
    if (text === null || values === null) continue
    namesByPath(inner, values, names)
    places.push(
      ...placesInValues(inner, values, FORMAT).map((place) => liftPlace(document, text, inner, place)),
    )
  }
  places.push(...placesInParameters(document, helm.entries.get('parameters'), names, FORMAT))
  return places
}
