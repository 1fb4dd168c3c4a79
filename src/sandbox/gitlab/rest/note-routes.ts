import { commentsOf, deleteComment, editComment, findComment } from '../../model/discussion.ts'
import { findPull } from '../../model/pulls.ts'
import { Refusal } from '../../model/refusal.ts'
import type { IssueComment } from '../../model/types.ts'
import { noteJson } from '../json/note.ts'
import { writeNote } from '../state/notes.ts'
import { optionalChoice, optionalText, requireText } from './input.ts'
import { pullOf } from './merge-request-routes.ts'
import { paginate } from './page.ts'
import { forbidden, json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/** Notes on merge requests. https://docs.gitlab.com/api/notes/#merge-requests */
export function addNoteRoutes({ project }: Router): void {
  project('get', '/merge_requests/:iid/notes', 'code', list)
  project('post', '/merge_requests/:iid/notes', 'read', create)
  project('get', '/merge_requests/:iid/notes/:note', 'code', (request) => {
    const { model, project } = request
    return json(noteJson(model, project, pullOf(request), noteOf(request)))
  })
  project('put', '/merge_requests/:iid/notes/:note', 'read', edit)
  project('delete', '/merge_requests/:iid/notes/:note', 'read', (request) => {
    const { model, project, actor } = request
    deleteComment(model, project, actor, noteOf(request))
    return { status: 204 }
  })
}

/** The note that the path names. @throws ApiError 404 */
export function noteOf(request: ProjectRequest): IssueComment {
  const note = findComment(request.model, request.project, request.number('note'))
  if (note === null || note.number !== pullOf(request).number) throw notFound('Note')
  return note
}

function list(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const pull = pullOf(request)
  const filters = ['all_notes', 'only_comments', 'only_activity'] as const
  const filter = optionalChoice(params, 'activity_filter', filters) ?? 'all_notes'
  const order = optionalChoice(params, 'order_by', ['created_at', 'updated_at']) ?? 'created_at'
  const sign = optionalChoice(params, 'sort', ['asc', 'desc']) === 'asc' ? 1 : -1
  const shown = commentsOf(model, project, pull.number).filter(
    ({ system }) => filter === 'all_notes' || (system === true) === (filter === 'only_activity'),
  )
  const key = (note: IssueComment): string => (order === 'updated_at' ? note.updatedAt : note.createdAt)
  shown.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id))
  return paginate(request, shown, (note) => noteJson(model, project, pull, note))
}

async function create(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const pull = pullOf(request)
  if (actor.account.id === 0) throw refuse(401, '401 Unauthorized')
  const body = checked(requireText(params, 'body'))
  const { note, done } = await writeNote(model, project, actor, pull, body)
  // Nothing is left of the note: only what it asked for was done.
  if (note === null) return json({ commands_changes: { summary: done }, summary: done }, 202)
  const now = findPull(model, project, pull.number) ?? pull
  return json({ ...noteJson(model, project, now, note), commands_changes: {} }, 201)
}

function edit(request: ProjectRequest): Reply {
  const { model, project, actor, params } = request
  const note = noteOf(request)
  if (note.authorId !== actor.account.id || note.system === true) throw forbidden()
  const body = optionalText(params, 'body')
  const next = body === undefined ? note : editComment(model, project, actor, note, checked(body))
  return json(noteJson(model, project, pullOf(request), next))
}

function checked(body: string): string {
  if (body.trim() === '') throw refuse(400, '400 Bad request - Note {:note=>["can\'t be blank"]}')
  if (body.length > 1_000_000)
    throw new Refusal('invalid', 'Note is too long (maximum is 1000000 characters)')
  return body
}
