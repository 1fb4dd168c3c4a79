import type { Model } from '../../model/model.ts'
import type { IssueComment, PullRequest, Repository } from '../../model/types.ts'
import { userById } from './user.ts'

/** https://docs.gitlab.com/api/notes/ */
export function noteJson(
  model: Model,
  project: Repository,
  pull: PullRequest,
  note: IssueComment,
): Record<string, unknown> {
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: userById(model, note.authorId),
    created_at: note.createdAt,
    updated_at: note.updatedAt,
    system: note.system ?? false,
    noteable_id: pull.id,
    noteable_type: 'MergeRequest',
    project_id: project.id,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    imported_from: 'none',
    noteable_iid: pull.number,
  }
}
