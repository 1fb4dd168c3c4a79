import type { Previews } from '../../config/model.ts'
import { PREVIEW_PATH_VARIABLES, parseTemplate, readTemplate } from '../../domain/template.ts'
import { answerTo, type Question } from '../questions.ts'
import type { World } from '../world.ts'
import { previewPath } from './set.ts'

/** What the forge itself says of previews that no pull request seems to want any more. */
export interface Witness {
  /** The forge says why: their pull requests are listed, as closed or as one that the rules do not choose. */
  ended: string[]
  /** Listed as nothing, but open when asked for one by one: the listing is wrong. */
  open: string[]
  /** The forge knows nothing of them. */
  unseen: string[]
  /** The forge could not be asked. */
  unknown: string[]
  questions: Question[]
}

/**
 * A forge in trouble may answer with a listing that lacks pull requests, and nothing shows it. So each preview that is to
 * go needs a word of the forge about its own pull request: in the listings that were read anyway, or, asked by their
 * numbers, in one request. Live branches are listed with the default branch, which shows that the listing is none of those.
 */
export function witness(world: World, previews: Previews, orphans: readonly string[]): Witness {
  const result: Witness = { ended: [], open: [], unseen: [], unknown: [], questions: [] }
  if (world.source.archived || previews.follow.kind === 'branches') return { ...result, ended: [...orphans] }
  const template = parseTemplate(previews.path, PREVIEW_PATH_VARIABLES)
  const { pullRequests, closedPullRequests } = world.offers
  const listed = new Set(
    [...pullRequests.items, ...closedPullRequests].map((each) => previewPath(previews, each)),
  )
  for (const path of orphans) {
    if (listed.has(path)) {
      result.ended.push(path)
      continue
    }
    const { number } = readTemplate(template, path) ?? {}
    if (number === undefined) {
      result.unseen.push(path)
      continue
    }
    const question = { about: 'pull-request' as const, number: Number(number) }
    const answer = answerTo(world.answers, question)
    if (answer === null) result.questions.push(question)
    else if (!answer.known) result.unknown.push(path)
    else if (answer.value === null) result.unseen.push(path)
    else result[answer.value === 'open' ? 'open' : 'ended'].push(path)
  }
  return result
}
