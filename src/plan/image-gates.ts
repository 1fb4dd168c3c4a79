import type { ImageGates } from '../config/model.ts'
import type { ImageName } from '../domain/image.ts'
import type { Answers } from './questions.ts'
import { HOLDS, type Verdict } from './wait.ts'

/** An image that exists, for which gates are asked. */
export interface GatedImage {
  image: ImageName
  digest: string
  /** For texts: the tag of the version. */
  tag: string
}

/** What an image must have beyond being there. */
export function imageGates(_answers: Answers, _gates: ImageGates, _gated: GatedImage): Verdict {
  return HOLDS
}
