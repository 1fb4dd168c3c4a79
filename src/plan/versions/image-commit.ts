import type { Oid } from '../../domain/commit.ts'
import type { ImageName } from '../../domain/image.ts'
import { commitInLabels } from '../../domain/image-labels.ts'
import { type Answers, answerTo } from '../questions.ts'
import { asks, HOLDS, unanswered, type Verdict } from './wait.ts'

/** The commit that an image was built from, by its own labels. */
export interface ImageCommit {
  /** Perhaps abbreviated. Null: the image does not say, is not there, or the verdict does not hold yet. */
  commit: Oid | null
  verdict: Verdict
}

/** Asks for the digest of a tag, then for the labels of what has it. */
export function imageCommit(answers: Answers, image: ImageName, tag: string): ImageCommit {
  const about = `From which commit ${image.written}:${tag} was built`
  const manifest = { about: 'manifest' as const, image, reference: tag }
  const found = answerTo(answers, manifest)
  if (found === null) return { commit: null, verdict: asks(manifest) }
  if (!found.known) return { commit: null, verdict: unanswered(about, found) }
  if (found.value === null) return { commit: null, verdict: HOLDS }
  const labels = { about: 'labels' as const, image, digest: found.value.digest }
  const read = answerTo(answers, labels)
  if (read === null) return { commit: null, verdict: asks(labels) }
  if (read.known) return { commit: commitInLabels(read.value), verdict: HOLDS }
  // deleted in between
  const gone = read.reason.code === 'manifest-not-found'
  return { commit: null, verdict: gone ? HOLDS : unanswered(about, read) }
}
