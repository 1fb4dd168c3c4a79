import { fitting } from '../../domain/markdown.ts'
import type { ChangeRequestText } from '../../forge/forge.ts'
import type { Asks } from '../action.ts'
import { writeBlock } from './block.ts'
import { filesOf, type Proposal } from './proposal.ts'
import { nameOf, notYetAsked, reviewWish } from './reviewers.ts'

/** GitHub takes 65,536 characters; the block comes behind. */
const MAX_BODY = 60_000

/**
 * Title and body of a proposal's change request.
 * @param asked who was asked for a review, see `Block`
 */
export function requestText(proposal: Proposal, supersedes: string[], asked?: string[]): ChangeRequestText {
  const files = filesOf(proposal)
  const block = writeBlock({ ...proposal.block, supersedes, files, reviewers: asked, closed: null })
  return { title: proposal.title, body: `${fitting(proposal.body(supersedes), MAX_BODY)}\n\n${block}` }
}

/** Null: everybody was asked. Its text is the wanted one, in which the rest is named as well. */
export function asksFor(proposal: Proposal, supersedes: string[], asked: string[] = []): Asks | null {
  const rest = notYetAsked(proposal.reviewers, asked)
  if (rest.length === 0) return null
  const reviewers = reviewWish(rest)
  return { ...requestText(proposal, supersedes, [...asked, ...rest.map(nameOf)]), reviewers }
}
