import type { CommitNote } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import { userById } from '../json/user.ts'
import { findCommit } from './commit-routes.ts'
import { requireText } from './input.ts'
import { paginate } from './page.ts'
import { forbidden, json, notFound, type Reply } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/** Comments on commits. https://docs.gitlab.com/api/discussions/#commits */
export function addCommitDiscussionRoutes({ project }: Router): void {
  const path = '/repository/commits/:sha/discussions'
  project('get', path, 'code', async (request) => {
    const { model, project } = request
    const { oid } = await findCommit(request)
    const notes = model.tables.commitNotes.by(`${project.id}@${oid}`)
    return paginate(request, notes, (note) => discussionJson(model, note))
  })
  project('post', path, 'read', create)
  project('put', `${path}/:discussion/notes/:note`, 'read', (request) => {
    const { model, actor, params, number } = request
    const note = model.tables.commitNotes.get(number('note'))
    if (note === undefined || note.repositoryId !== request.project.id) throw notFound('Note')
    if (note.authorId !== actor.account.id) throw forbidden()
    const next = { ...note, body: requireText(params, 'body'), updatedAt: model.now() }
    model.save(['commitNotes', next])
    return json(noteJson(model, next))
  })
}

async function create(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const { oid } = await findCommit(request)
  const now = model.now()
  const note: CommitNote = {
    id: model.nextId(),
    repositoryId: project.id,
    oid,
    authorId: actor.account.id,
    body: requireText(params, 'body'),
    createdAt: now,
    updatedAt: now,
  }
  model.save(['commitNotes', note])
  return json(discussionJson(model, note), 201)
}

function discussionJson(model: Model, note: CommitNote): Record<string, unknown> {
  return { id: note.id.toString(16).padStart(40, '0'), individual_note: true, notes: [noteJson(model, note)] }
}

function noteJson(model: Model, note: CommitNote): Record<string, unknown> {
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: userById(model, note.authorId),
    created_at: note.createdAt,
    updated_at: note.updatedAt,
    system: false,
    noteable_id: null,
    noteable_type: 'Commit',
    project_id: note.repositoryId,
    commit_id: note.oid,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    imported_from: 'none',
    noteable_iid: null,
  }
}
