import type { ManifestSnapshot } from '../../forge/forge.ts'
import { environmentFile } from '../../state/files.ts'
import type { StateRead } from '../../state/state.ts'
import type { Action } from '../action.ts'
import type { World } from '../world.ts'

/** Takes a promotion that does not count any more out of what people have said; a lock beside it stays. */
export function forgetPromotion(
  { source }: World,
  { repository }: ManifestSnapshot,
  state: Extract<StateRead, { ok: true }>,
  [app, environment]: [app: string, environment: string],
): Action[] {
  const target = `${app}/${environment}`
  const said = state.value.environments[target]
  if (said?.promotion == null) return []
  const { lock, promotion } = said
  const identity = { forge: source.repository.forge, id: source.id }
  const left = lock === null ? null : { lock, promotion: null }
  const message = `The promotion of ${target} to ${promotion.version.tag} is over.`
  const wish = {
    expectedHead: state.head,
    message: `${message}\n\nIt has that version, or its rule has a newer one.\n`,
    changes: [environmentFile(identity, app, environment, left)],
  }
  return [{ kind: 'write-state', repository, target, reason: { code: 'promotion-over', message }, wish }]
}
