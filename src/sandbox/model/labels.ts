import type { Label } from './gitlab-types.ts'
import type { Model } from './model.ts'
import type { KnownActor, PullRequest, Repository } from './types.ts'

const COLOR = 'ededed'

/** The label of a repository by its name, whatever the case; made where there is none. */
export function ensureLabel(model: Model, repository: Repository, name: string): Label {
  const known = model.tables.labels
    .by(repository.id)
    .find((label) => label.name.toLowerCase() === name.toLowerCase())
  if (known !== undefined) return known
  const label: Label = {
    id: model.nextId(),
    repositoryId: repository.id,
    name,
    color: COLOR,
    description: null,
  }
  model.save(['labels', label])
  return label
}

/** Gives a pull request a label, or takes it away; tells about it when that changes anything. */
export function labelPull(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  pull: PullRequest,
  action: 'labeled' | 'unlabeled',
  name: string,
): PullRequest {
  const label = ensureLabel(model, repository, name).name
  if (pull.labels.includes(label) === (action === 'labeled')) return pull
  const labels = action === 'labeled' ? [...pull.labels, label] : pull.labels.filter((each) => each !== label)
  const next = { ...pull, labels, updatedAt: model.now() }
  model.save(['pulls', next])
  model.emit({ type: 'pull', action, repository, sender: actor.account, pull: next, before: pull })
  return next
}
