import type { YamlFormat } from '../yaml/format.ts'
import { mappingsOf, scalarOf } from '../yaml/mapping.ts'
import { referencePlace } from '../yaml/reference-place.ts'
import { kindOf } from './kind.ts'

/**
 * Objects of any kind, known or not: each `image` whose value is a reference, wherever it stands. So
 * containers of every sort, CronJobs, Rollouts, `List`s and custom resources need no list of paths.
 */
export const kubernetes: YamlFormat = {
  name: 'kubernetes',
  holds: (document) => kindOf(document) === 'kubernetes',
  places: (document) =>
    mappingsOf(document).flatMap(({ entries }) => {
      const scalar = scalarOf(entries.get('image'))
      return (scalar && referencePlace('kubernetes', document, scalar)) ?? []
    }),
}
