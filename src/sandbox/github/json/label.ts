import { nodeId } from '../../model/ids.ts'
import { ensureLabel } from '../../model/labels.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'

/** GitHub's `label`. */
export function labelJson(model: Model, repository: Repository, name: string): Record<string, unknown> {
  const { id, color, description } = ensureLabel(model, repository, name)
  return {
    id,
    node_id: nodeId('Label', repository.id, name),
    url: model.urls.repositoryApi(repository, `/labels/${encodeURIComponent(name)}`),
    name,
    color: color.replace(/^#/, ''),
    default: false,
    description,
  }
}
