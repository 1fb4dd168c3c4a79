import { checkBody, createComment } from '../../model/discussion.ts'
import type { Model } from '../../model/model.ts'
import type { IssueComment, KnownActor, PullRequest, Repository } from '../../model/types.ts'
import { runQuickActions, takeQuickActions } from './quick-actions.ts'

/**
 * Writes a note on a merge request: its quick actions are done and taken out of it. The note is null when nothing
 * is left of it. @throws Refusal `invalid` for a note that is empty or too long, of which nothing is done
 */
export async function writeNote(
  model: Model,
  project: Repository,
  actor: KnownActor,
  pull: PullRequest,
  body: string,
): Promise<{ note: IssueComment | null; done: string[] }> {
  checkBody(model, body)
  const { text, actions } = takeQuickActions(body)
  const done = await runQuickActions(model, project, actor, pull, actions)
  if (actions.length > 0 && text.trim() === '') return { note: null, done }
  return { note: createComment(model, project, actor, pull.number, text), done }
}
