import type { Delivery, DeliveryMeaning } from '../../store/store.ts'
import { plain, unwanted } from '../tell.ts'
import { announced } from './announcement.ts'
import { type Announcer, sourceOf } from './door.ts'
import { FORMATS, type FormatName } from './formats.ts'

/**
 * What a delivery of a registry means: which of its images to look at. It never says what to do there, and no host of
 * the payload is used (requirement 5): the registry is the one whose door it came through.
 *
 * Nothing is thrown: a payload that lacks what is needed has an outcome that says so.
 * @returns null when it is from no registry
 */
export function registryMeaning(
  { source, event, payload }: Delivery,
  announcers: readonly Pick<Announcer, 'name' | 'host'>[],
): DeliveryMeaning | null {
  if (!source.startsWith(sourceOf({ name: '' }))) return null
  const announcer = announcers.find((each) => sourceOf(each) === source)
  if (announcer === undefined) return unwanted(`there is no ${plain(source.replace(':', ' '))} any more`)
  if (!Object.hasOwn(FORMATS, event)) return unwanted(`Supercargo does not know the format ${plain(event)}`)
  return announced(FORMATS[event as FormatName].read(announcer.host, payload))
}
