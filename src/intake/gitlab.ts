import { z } from 'zod'
import { ZERO_OID } from '../domain/commit.ts'
import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import { GITLAB_WORDS } from '../domain/vocabulary.ts'
import type { Delivery, DeliveryMeaning, LabelWish } from '../store/store.ts'
import { approving, wished } from './intent.ts'
import { look, nothing, plain, reader, repositoryPath, short, unwanted } from './tell.ts'

/**
 * What a delivery of a GitLab instance means: which project to look at. It never says what to do there, and no
 * host, URL or id of the payload is used (requirement 5): the forge is the one whose door it came through.
 * Hooks of projects, of groups and of the whole instance (system hooks) send the same payloads.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 * https://docs.gitlab.com/administration/system_hooks/
 *
 * Pure. A payload that lacks what is needed has an outcome that says so; nothing is thrown.
 */
export function gitlabMeaning({ source, id, event, payload }: Delivery): DeliveryMeaning {
  const readers = readersOf(source, id)
  const read = Object.hasOwn(readers, event) ? readers[event] : undefined
  if (read === undefined) return unwanted(`Supercargo does not use the event ${plain(event)}`)
  return read(payload)
}

/** Groups may be nested, so that a path has two parts or more. */
function projectPath(forge: ForgeId) {
  return repositoryPath(forge, (parts) => parts.length >= 2, 'group/project')
}

function readersOf(forge: ForgeId, delivery: string): Record<string, (payload: unknown) => DeliveryMeaning> {
  const path_with_namespace = projectPath(forge)
  const project = z.object({ path_with_namespace })

  const pushed = reader(
    z.object({ project, ref: z.string(), before: z.string(), after: z.string() }),
    ({ project, ref, before, after }) => {
      const named = /^refs\/(head|tag)s\/(.+)$/s.exec(ref)
      if (named === null) return unwanted(`${plain(ref)} is neither a branch nor a tag`)
      const what = `${named[1] === 'tag' ? 'tag' : 'branch'} ${plain(named[2])}`
      if (after === ZERO_OID) return look(project.path_with_namespace, `${what} was deleted`)
      const how = before === ZERO_OID ? 'was created at' : 'moved to'
      return look(project.path_with_namespace, `${what} ${how} ${short(after)}`)
    },
  )
  /** News about a project itself, which has its path at the top. */
  const ofProject = (happened: string) =>
    reader(z.object({ path_with_namespace }), ({ path_with_namespace }) =>
      look(path_with_namespace, happened),
    )
  const elsewhere = () => nothing('Paths have changed; the next sweep visits every project')

  return {
    push: pushed,
    tag_push: pushed,

    merge_request: (payload) => {
      const read = reader(
        z.object({ project, object_attributes: MergeRequest, changes: z.looseObject({}).optional() }),
        ({ project, object_attributes: { iid, action, oldrev }, changes = {} }) => {
          const what = `merge request ${iid}`
          const happened = MERGE_REQUEST_ACTIONS.get(action)
          if (happened === undefined) return unwanted(`"${plain(action)}" of ${what} changes nothing here`)
          const changed = Object.keys(changes)
          if (oldrev !== undefined) return look(project.path_with_namespace, `${what} has new commits`)
          // without any change it is news of threads or of whether it may be merged
          if (action === 'update' && changed.length > 0 && changed.every((key) => NO_MATTER.has(key))) {
            return unwanted(`nothing of ${what} changed that matters here`)
          }
          const looked = look(project.path_with_namespace, `${what} ${happened}`)
          const intents =
            action === 'update' ? approvals(project.path_with_namespace, iid, payload, delivery) : []
          return intents.length === 0 ? looked : { ...looked, intents }
        },
      )
      return read(payload)
    },

    note: reader(
      z.object({
        project,
        object_attributes: Note,
        merge_request: z.object({ iid: z.number() }).optional(),
        user: z.object({ username: z.string() }).optional(),
      }),
      ({ project, object_attributes, merge_request, user }) => {
        const { noteable_type, system, action, id, note } = object_attributes
        if (system === true) return unwanted('GitLab itself wrote the note')
        if (merge_request === undefined) {
          return unwanted(`a note on a ${plain(noteable_type)} changes nothing here`)
        }
        if (action === 'update') return unwanted('the text of a note was edited')
        const where = `merge request ${merge_request.iid}`
        const looked = look(project.path_with_namespace, `somebody commented on ${where}`)
        if (action !== 'create' || user === undefined || BOT.test(user.username)) return looked
        const written = { number: merge_request.iid, comment: id, login: user.username, text: note }
        const wish = wished(project.path_with_namespace, written, GITLAB_WORDS, where)
        return wish === null ? looked : { ...wish, keys: looked.keys }
      },
    ),

    pipeline: reader(
      z.object({ project, object_attributes: z.object({ sha: z.string(), status: z.string() }) }),
      ({ project, object_attributes: { sha, status } }) => {
        if (!ENDED.has(status)) return unwanted(`the pipeline of ${short(sha)} has not ended`)
        return look(project.path_with_namespace, `the pipeline of ${short(sha)} ended with ${plain(status)}`)
      },
    ),

    deployment: reader(
      z.object({ project, status: z.string(), environment: z.string() }),
      ({ project, status, environment }) => {
        const what = `the deployment to ${plain(environment)}`
        if (!ENDED.has(status)) return unwanted(`${what} has not ended`)
        return look(project.path_with_namespace, `${what} ended with ${plain(status)}`)
      },
    ),

    repository_update: reader(
      z.object({ project, refs: z.array(z.string()).optional() }),
      ({ project, refs = [] }) =>
        look(
          project.path_with_namespace,
          refs.length === 1 ? 'a branch or tag moved' : 'branches or tags moved',
        ),
    ),

    project_create: ofProject('it was created'),
    project_rename: ofProject('it was renamed'),
    project_transfer: ofProject('it was moved'),
    project_update: ofProject('its settings changed'),
    project_destroy: reader(z.object({ path_with_namespace }), ({ path_with_namespace }) =>
      nothing(`The project ${path_with_namespace.path} was deleted`),
    ),
    group_rename: elsewhere,
    user_rename: elsewhere,
  }
}

const MergeRequest = z.object({
  iid: z.number(),
  /** Missing when people test a hook. */
  action: z.string().default('update'),
  /** The head before, when commits came. */
  oldrev: z.string().optional(),
})

const Titles = z.array(z.object({ title: z.string() }))

const Labelled = z.object({
  user: z.object({ username: z.string() }),
  object_attributes: z.object({
    source_project_id: z.number().nullable(),
    target_project_id: z.number(),
    last_commit: z.object({ id: z.string() }),
  }),
  changes: z.object({ labels: z.object({ previous: Titles, current: Titles }) }),
})

/** What new labels may approve; nothing where the payload does not say who gave them and what for. */
function approvals(project: RepositoryId, number: number, payload: unknown, delivery: string): LabelWish[] {
  const { data } = Labelled.safeParse(payload)
  if (data === undefined) return []
  const { user, object_attributes: attributes, changes } = data
  const before = changes.labels.previous.map(({ title }) => title)
  const given = {
    number,
    login: BOT.test(user.username) ? null : user.username,
    labels: changes.labels.current.map(({ title }) => title).filter((title) => !before.includes(title)),
    head: attributes.last_commit.id,
    fork: attributes.source_project_id !== attributes.target_project_id,
  }
  return approving(project, given, delivery)
}

const Note = z.object({
  id: z.number(),
  note: z.string(),
  noteable_type: z.string(),
  system: z.boolean().optional(),
  /** Since 16.11. */
  action: z.string().optional(),
})

const MERGE_REQUEST_ACTIONS = new Map([
  ['open', 'was opened'],
  ['reopen', 'was reopened'],
  ['close', 'was closed'],
  ['merge', 'was merged'],
  ['update', 'changed'],
  ['approved', 'was approved'],
  ['approval', 'was approved by somebody'],
  ['unapproved', 'is not approved any more'],
  ['unapproval', 'lost an approval'],
])

/** Users that GitLab makes for tokens. https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects */
const BOT = /^(?:project|group)_\d+_bot(?:_|\d|$)/i

/** Parts of a merge request that change no candidate and no preview, nor whether it may be merged. */
const NO_MATTER = new Set([
  'assignees',
  'assignee_id',
  'reviewers',
  'milestone_id',
  'updated_at',
  'updated_by_id',
  'time_estimate',
  'time_change',
  'total_time_spent',
])

/** https://docs.gitlab.com/api/pipelines/#list-project-pipelines; a manual job leaves a pipeline as it is. */
const ENDED = new Set(['success', 'failed', 'canceled', 'skipped', 'manual'])
