import type { Oid } from '../domain/commit.ts'
import type { ImageName } from '../domain/image.ts'
import type { SignatureTrust } from '../domain/trust.ts'
import type { Check } from '../forge/checks.ts'
import type { SourcePullRequest } from '../forge/forge.ts'
import type { PageAnswer, PageQuestion } from '../probe/probe.ts'
import type { ManifestDescriptor, Scan, SignatureVerdict } from '../registry/registry.ts'
import type { Reason } from './action.ts'

/**
 * What a plan has to know of registries, checks and pages before it can decide. The plan asks as it goes: it is made
 * again with the answers until it has no more questions.
 */
export type Question =
  | { about: 'manifest'; image: ImageName; reference: string }
  | { about: 'tags'; image: ImageName }
  | { about: 'labels'; image: ImageName; digest: string }
  | { about: 'scan'; image: ImageName; digest: string }
  | { about: 'signature'; image: ImageName; digest: string; trust: SignatureTrust }
  /** Whether the operator lets the release have `image` tagged. */
  | { about: 'retag'; image: ImageName; from: ImageName }
  /** `branch`: the one whose protection says which checks are required. */
  | { about: 'checks'; commit: Oid; branch: string }
  /** What became of one of the application repository, which its listings do not tell. */
  | { about: 'pull-request'; number: number }
  /** Whether the preview of a commit answers. */
  | ({ about: 'page'; commit: Oid } & PageQuestion)

export type About = Question['about']

/** What may be answered to each kind of question. */
export interface Known {
  manifest: ManifestDescriptor | null
  tags: string[]
  labels: Record<string, string>
  scan: Scan
  signature: SignatureVerdict
  retag: true
  checks: { required: string[]; checks: Check[] }
  /** Null: there is none of that number. */
  'pull-request': SourcePullRequest['state'] | null
  page: PageAnswer
}

export type Answer<A extends About = About> =
  | { known: true; value: Known[A] }
  /** Nobody could say; `again`: later perhaps, but not before `retryAt`. */
  | { known: false; reason: Reason; again: boolean; retryAt: Date | null }

/** By questionKey(). */
export type Answers = Readonly<Record<string, Answer>>

export function questionKey(question: Question): string {
  switch (question.about) {
    case 'manifest':
      return `manifest ${question.image.normalised} ${question.reference}`
    case 'tags':
      return `tags ${question.image.normalised}`
    case 'labels':
    case 'scan':
      return `${question.about} ${question.image.normalised} ${question.digest}`
    case 'signature':
      return `signature ${question.image.normalised} ${question.digest} ${JSON.stringify(question.trust)}`
    case 'retag':
      return `retag ${question.from.normalised} ${question.image.normalised}`
    case 'checks':
      return `checks ${question.commit} ${question.branch}`
    case 'pull-request':
      return `pull-request ${question.number}`
    case 'page':
      return `page ${question.url} ${question.commit} ${JSON.stringify([question.status, question.expect])}`
  }
}

/** Null: it has not been asked yet. */
export function answerTo<A extends About>(
  answers: Answers,
  question: Extract<Question, { about: A }>,
): Answer<A> | null {
  // the key holds what the question is about
  return (answers[questionKey(question)] as Answer<A> | undefined) ?? null
}
