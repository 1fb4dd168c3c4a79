import type { Model } from '../model/model.ts'
import type { IssueComment, Repository } from '../model/types.ts'
import type { PageContext } from './page-context.ts'
import { anchor } from './parts.ts'

/** How long the page after a comment waits for an answer, in milliseconds: bots take some hundreds. */
const PATIENCE = 3_000

/**
 * Writes a comment of `you`. One that speaks to a bot (a line of it begins with a slash) is given a moment to be
 * answered: pages have no script that could fetch the answer, and one that loads itself again would lose what is
 * being typed in it.
 *
 * @returns the fragment of the page that leads to the comment, or to what an older one now says in answer; empty when
 * nothing is left of it
 * @throws Refusal
 */
export async function say(
  { model, you, comment: write }: PageContext,
  repository: Repository,
  number: number,
  text: string,
): Promise<string> {
  const comment = await write(repository, you, number, text)
  if (comment === null) return ''
  const answer = /^\/\S/m.test(comment.body) ? await answerTo(model, comment) : null
  return `#${anchor(model, answer !== null && answer.id < comment.id ? answer : comment)}`
}

/** What somebody else says with a link to the comment, in a comment that is new or edited; null when nobody does in time. */
function answerTo(model: Model, comment: IssueComment): Promise<IssueComment | null> {
  return new Promise((resolve) => {
    const end = (answer: IssueComment | null): void => {
      clearTimeout(timer)
      deafen()
      resolve(answer)
    }
    const deafen = model.onEvent((event) => {
      if (event.type !== 'comment' || event.action === 'deleted') return
      const fromElse = event.sender.id !== comment.authorId
      if (fromElse && event.comment.body.includes(`#${anchor(model, comment)}`)) end(event.comment)
    })
    const timer = setTimeout(end, PATIENCE, null)
  })
}
