import type { YamlFormat } from '../yaml/format.ts'
import { mappingIn } from '../yaml/mapping.ts'
import { placesOfEntry } from './kustomize-entry.ts'

/**
 * The configuration of kustomize's own transformer, in a file of any name that `transformers:` lists
 * (https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_imagetagtransformer_).
 */
export const imageTagTransformer: YamlFormat = {
  name: 'kustomize',
  places: (document, object) => {
    const entry = mappingIn(document, object, 'imageTag')
    return entry === null ? [] : placesOfEntry(document, entry, 'kustomize')
  },
}
