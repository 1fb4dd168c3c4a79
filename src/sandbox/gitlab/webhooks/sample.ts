import { commentsOf } from '../../model/discussion.ts'
import type { ForgeEvent } from '../../model/events.ts'
import type { Model } from '../../model/model.ts'
import { pullsOf } from '../../model/pulls.ts'
import type { Account, Repository } from '../../model/types.ts'
import type { Part } from './courier.ts'
import { payloadsOf } from './payloads.ts'

/** The payload of a test delivery, from what the project has; null when it has nothing of the kind. */
export async function samplePayload(
  model: Model,
  project: Repository,
  sender: Account,
  trigger: string,
): Promise<Part | null> {
  const event = await sampleEvent(model, project, sender, trigger)
  if (event === null) return null
  return (await payloadsOf(model, event)).find((part) => part.trigger === trigger) ?? null
}

async function sampleEvent(
  model: Model,
  repository: Repository,
  sender: Account,
  trigger: string,
): Promise<(ForgeEvent & { repository: Repository }) | null> {
  const git = model.git(repository)
  const refs = [...(await git.refs()).values()]
  const pull = pullsOf(model, repository).at(-1)
  if (trigger === 'push_events' || trigger === 'tag_push_events') {
    const prefix = trigger === 'push_events' ? 'refs/heads/' : 'refs/tags/'
    const ref = refs.find(({ name }) => name.startsWith(prefix))
    if (ref === undefined) return null
    const [parent] = (await git.commit(ref.commit))?.parents ?? []
    const before = parent ?? '0'.repeat(40)
    return { type: 'refs', repository, sender, changes: [{ ref: ref.name, before, after: ref.oid }] }
  }
  if (trigger === 'merge_requests_events' && pull !== undefined) {
    return { type: 'pull', action: 'opened', repository, sender, pull, before: null }
  }
  const comment = pull === undefined ? undefined : commentsOf(model, repository, pull.number).at(-1)
  if (trigger === 'note_events' && pull !== undefined && comment !== undefined) {
    return { type: 'comment', action: 'created', repository, sender, pull, comment, bodyBefore: null }
  }
  const pipeline = model.tables.pipelines.by(repository.id).at(-1)
  if (trigger === 'pipeline_events' && pipeline !== undefined) {
    return { type: 'pipeline', repository, sender, pipeline }
  }
  const deployment = model.tables.deployments.by(repository.id).at(-1)
  const environment =
    deployment === undefined ? undefined : model.tables.environments.get(deployment.environmentId)
  if (trigger === 'deployment_events' && deployment !== undefined && environment !== undefined) {
    return { type: 'deployment', repository, sender, deployment, environment }
  }
  return null
}
