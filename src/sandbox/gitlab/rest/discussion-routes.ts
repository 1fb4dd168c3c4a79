import type { Award, Label } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import { userById } from '../json/user.ts'
import { optionalText, requireText } from './input.ts'
import { pullOf } from './merge-request-routes.ts'
import { noteOf } from './note-routes.ts'
import { paginate } from './page.ts'
import { forbidden, json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/** Reactions and labels. https://docs.gitlab.com/api/emoji_reactions/ https://docs.gitlab.com/api/labels/ */
export function addDiscussionRoutes({ project }: Router): void {
  const places = [
    ['/merge_requests/:iid/award_emoji', 'MergeRequest', (request: ProjectRequest) => pullOf(request).id],
    ['/merge_requests/:iid/notes/:note/award_emoji', 'Note', (request: ProjectRequest) => noteOf(request).id],
  ] as const
  for (const [path, type, idOf] of places) {
    project('get', path, 'code', (request) => {
      const { model } = request
      return paginate(request, model.tables.awards.by(idOf(request)), (award) => awardJson(model, award))
    })
    project('post', path, 'read', (request) => give(request, type, idOf(request)))
    project('delete', `${path}/:award`, 'read', ({ model, actor, number }) => {
      const award = model.tables.awards.get(number('award'))
      if (award === undefined) throw notFound('Award Emoji')
      if (award.accountId !== actor.account.id) throw forbidden()
      model.save(['awards', award.id, null])
      return { status: 204 }
    })
  }
  project('get', '/labels', 'read', (request) => {
    const { model, project, params } = request
    const search = optionalText(params, 'search')?.toLowerCase()
    const labels = model.tables.labels
      .by(project.id)
      .filter(({ name }) => search === undefined || name.toLowerCase().includes(search))
    return paginate(request, labels, labelJson)
  })
  project('post', '/labels', 20, createLabel)
}

function give({ model, actor, params }: ProjectRequest, type: Award['awardableType'], id: number): Reply {
  const name = requireText(params, 'name').replaceAll(':', '')
  if (actor.account.id === 0) throw refuse(401, '401 Unauthorized')
  const twin = model.tables.awards
    .by(id)
    .some((award) => award.name === name && award.accountId === actor.account.id)
  if (twin) throw refuse(404, '404 Award Emoji Name has already been taken Not Found')
  const award: Award = {
    id: model.nextId(),
    awardableId: id,
    awardableType: type,
    name,
    accountId: actor.account.id,
    createdAt: model.now(),
  }
  model.save(['awards', award])
  return json(awardJson(model, award), 201)
}

function awardJson(model: Model, award: Award): Record<string, unknown> {
  return {
    id: award.id,
    name: award.name,
    user: userById(model, award.accountId),
    created_at: award.createdAt,
    updated_at: award.createdAt,
    awardable_id: award.awardableId,
    awardable_type: award.awardableType,
    url: null,
  }
}

function createLabel({ model, project, params }: ProjectRequest): Reply {
  const name = requireText(params, 'name')
  const color = requireText(params, 'color')
  if (model.tables.labels.by(project.id).some((label) => label.name === name)) {
    throw refuse(409, 'Label already exists')
  }
  const description = optionalText(params, 'description') ?? null
  const label: Label = { id: model.nextId(), repositoryId: project.id, name, color, description }
  model.save(['labels', label])
  return json(labelJson(label), 201)
}

function labelJson({ id, name, color, description }: Label): Record<string, unknown> {
  return {
    id,
    name,
    description,
    description_html: description ?? '',
    text_color: '#FFFFFF',
    color,
    archived: false,
    subscribed: false,
    priority: null,
    is_project_label: true,
  }
}
