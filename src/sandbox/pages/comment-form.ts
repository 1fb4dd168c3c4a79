import { html } from 'hono/html'
import type { PullRequest, Repository } from '../model/types.ts'
import { csrfField } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { avatar } from './parts.ts'

/** A comment that was refused: its text, and why. */
export interface RefusedComment {
  text: string
  problem: string
}

/** Where `you` comment; what was refused is there again, with the reason. */
export function commentForm(
  context: PageContext,
  repository: Repository,
  pull: PullRequest,
  refused: RefusedComment | null,
): Html {
  const { model, you } = context
  const page = pathTo(model, repository, `/pull/${pull.number}`)
  const problem =
    refused === null
      ? ''
      : html`<p class="notice bad" id="comment-problem">Nothing was written: ${refused.problem}</p>`
  const attributes =
    refused === null ? '' : html`aria-invalid="true" aria-describedby="comment-problem" autofocus`
  // HTML drops a line break right behind the tag: the one that is there, not one of the text.
  return html`<div class="comment">${avatar(you.account)}<form class="stack" method="post" action="${page}/comment">${csrfField(context)}
    <label for="comment">Comment</label>${problem}
    <textarea id="comment" name="body" placeholder="In Markdown" required ${attributes}>
${refused?.text ?? ''}</textarea>
    <div class="row"><button type="submit">Comment</button>
      <span class="muted small">What others say later shows when you <a href="${page}">load this page again</a>.</span></div></form></div>`
}
