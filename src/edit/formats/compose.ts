import type { YamlFormat } from '../yaml/format.ts'
import { mappingIn, scalarOf } from '../yaml/mapping.ts'
import { referencePlace } from '../yaml/reference-place.ts'

/**
 * `image` of each service (https://github.com/compose-spec/compose-spec/blob/main/05-services.md#image); what is
 * under `build` says what an image is made from, and is left alone.
 */
export const compose: YamlFormat = {
  name: 'compose',
  places: (document, object) => {
    const services = mappingIn(document, object, 'services')
    return [...(services?.entries.keys() ?? [])].flatMap((name) => {
      const scalar = scalarOf(mappingIn(document, services, name)?.entries.get('image'))
      return (scalar && referencePlace(document, scalar, { format: 'compose' })) ?? []
    })
  },
}
