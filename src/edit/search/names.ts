import { readReference } from '../../domain/image.ts'
import type { Place } from '../editor.ts'

/** Whether a place is a reference to an image of this normalised name. */
export function names(place: Place, normalised: string): boolean {
  return place.names.some((name) => readReference(name)?.name.normalised === normalised)
}
