import { accountById } from '../../model/access.ts'
import { findComment } from '../../model/discussion.ts'
import type { Award } from '../../model/gitlab-types.ts'
import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import { accountJson } from '../json/account.ts'
import { invalidRequest, optionalChoice } from './input.ts'
import { paginate } from './page.ts'
import { READ, WRITE } from './pull-permissions.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const CONTENTS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const

/** Reactions to comments. https://docs.github.com/en/rest/reactions/reactions */
export function addReactionRoutes({ read, write }: Router): void {
  const path = '/issues/comments/:id{[0-9]+}/reactions'
  read(path, READ, (request) => {
    const content = request.query('content')
    const shown = reactionsOf(request).filter(({ name }) => (content ?? name) === name)
    return paginate(request, shown, (reaction) => reactionJson(request.model, reaction))
  })
  write('post', path, WRITE, react)
}

/** 200 for a reaction that is there already, 201 for a new one. */
function react(request: WriteRequest): Reply {
  const { model, actor, body, param } = request
  const name = optionalChoice(body, 'content', CONTENTS)
  if (name === undefined) throw invalidRequest('"content" wasn\'t supplied.')
  const twin = reactionsOf(request).find((each) => each.name === name && each.accountId === actor.account.id)
  if (twin !== undefined) return json(reactionJson(model, twin))
  const reaction: Award = {
    id: model.nextId(),
    awardableId: Number(param('id')),
    awardableType: 'Note',
    name,
    accountId: actor.account.id,
    createdAt: model.now(),
  }
  model.save(['awards', reaction])
  return json(reactionJson(model, reaction), 201)
}

function reactionsOf({ model, repository, param }: RepositoryRequest): Award[] {
  const comment = findComment(model, repository, Number(param('id')))
  if (comment === null) throw new ApiError(404, 'Not Found')
  return model.tables.awards.by(comment.id)
}

function reactionJson(model: Model, { id, name, accountId, createdAt }: Award): Record<string, unknown> {
  return {
    id,
    node_id: nodeId('Reaction', id),
    user: accountJson(model, accountById(model, accountId)),
    content: name,
    created_at: createdAt,
  }
}
