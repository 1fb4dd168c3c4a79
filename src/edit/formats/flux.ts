import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import { itemsOf, type Mapping, mappingIn, textOf } from '../yaml/mapping.ts'
import { refuseAt } from '../yaml/place.ts'
import { placesInSubstitutes } from './flux-substitutes.ts'
import { placesInValues } from './helm-values.ts'
import { placesOfEntry } from './kustomize-entry.ts'
import { placesInPatches } from './patches.ts'

const FORMAT = 'flux'

/**
 * HelmRelease: `spec.values` and the images of `postRenderers`
 * (https://fluxcd.io/flux/components/helm/helmreleases/). Kustomization of Flux: `spec.images` and
 * `postBuild.substitute` (https://fluxcd.io/flux/components/kustomize/kustomizations/).
 */
export const flux: YamlFormat = {
  name: FORMAT,
  places: (document, object) => {
    const spec = mappingIn(document, object, 'spec')
    if (spec === null) return []
    return textOf(object.entries.get('kind'))?.endsWith('HelmRelease')
      ? placesInRelease(document, spec)
      : [
          ...imagesIn(document, spec),
          ...placesInPatches(document, spec),
          ...placesInSubstitutes(document, mappingIn(document, spec, 'postBuild', 'substitute'), FORMAT),
        ]
  },
}

function placesInRelease(document: YamlDocument, spec: Mapping): Place[] {
  const values = mappingIn(document, spec, 'values')
  const places = values === null ? [] : placesInValues(document, values, FORMAT)
  const renderers = itemsOf(document, spec.entries.get('postRenderers'), 'postRenderers')
  return [
    ...places.map((place) => (spec.entries.has('valuesFrom') ? withoutGuess(document, place) : place)),
    ...renderers.flatMap((renderer) => {
      const kustomize = mappingIn(document, renderer, 'kustomize')
      return kustomize === null
        ? []
        : [...imagesIn(document, kustomize), ...placesInPatches(document, kustomize)]
    }),
  ]
}

function imagesIn(document: YamlDocument, { entries }: Mapping): Place[] {
  return itemsOf(document, entries.get('images'), 'images').flatMap((item) =>
    placesOfEntry(document, item, FORMAT),
  )
}

/** Where values come from elsewhere as well, a name without a tag may have its tag there. */
function withoutGuess(document: YamlDocument, place: Place): Place {
  const code = 'version-elsewhere'
  return place.adds ? { ...place, adds: false, splices: () => refuseAt(document.path, place, code) } : place
}
