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
import { placesInParameters } from './argo-cd-parameters.ts'
import { placesInValues } from './helm-values.ts'
import { placeOfOverride } from './kustomize-override.ts'
import { namesInValues } from './names-in-values.ts'
import { placesInPatches } from './patches.ts'

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

/**
 * A file beside the manifests that overrides the source of an Application
 * (https://argo-cd.readthedocs.io/en/stable/user-guide/parameters/#store-overrides-in-git).
 */
export const argoCdSource: YamlFormat = { name: FORMAT, places: placesInSource }

function placesInSource(document: YamlDocument, source: Mapping): Place[] {
  const helm = mappingIn(document, source, 'helm')
  const kustomize = mappingIn(document, source, 'kustomize')
  return [
    ...(helm === null ? [] : placesInHelm(document, helm)),
    ...(kustomize === null ? [] : placesInPatches(document, kustomize)),
    ...scalarsIn(document, kustomize?.entries.get('images')).flatMap(
      (scalar) => placeOfOverride(document, scalar, FORMAT) ?? [],
    ),
  ]
}

function placesInHelm(document: YamlDocument, helm: Mapping): Place[] {
  const object = mappingAt(document, helm.entries.get('valuesObject')?.value ?? null)
  const text = scalarOf(helm.entries.get('values'))
  const inText = (text === null ? [] : nestedIn(document, text).documents).flatMap((inner) => {
    const values = rootMapping(inner)
    return values === null ? [] : [{ inner, values }]
  })
  const names = new Map([
    ...(object === null ? [] : namesInValues(document, object)),
    ...inText.flatMap(({ inner, values }) => [...namesInValues(inner, values)]),
  ])
  return [
    ...(object === null ? [] : placesInValues(document, object, FORMAT)),
    ...inText.flatMap(({ inner, values }) =>
      placesInValues(inner, values, FORMAT).map((place) =>
        text === null ? place : liftPlace(document, text, inner, place),
      ),
    ),
    ...placesInParameters(document, helm.entries.get('parameters'), names, FORMAT),
  ]
}
