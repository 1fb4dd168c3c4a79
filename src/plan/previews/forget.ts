import { refusesSource } from '../../config/consent.ts'
import { plainLine } from '../../domain/commit-message.ts'
import { sameRepository } from '../../domain/repository.ts'
import { previewFile } from '../../state/files.ts'
import type { PreviewState } from '../../state/state.ts'
import type { Action } from '../action.ts'
import type { World } from '../world.ts'

const JUST_NOW = 60_000

/**
 * Takes away what was said of the previews of pull requests that are closed, in one commit for each manifest repository:
 * whoever reopens one begins anew. Nothing is taken away unless the forge shows that it is closed: it is among those that
 * were closed last, or all that are open are listed, and it is none of them. An empty listing shows nothing. What was said
 * just now may be newer than the listing.
 */
export function forgetClosed(world: World): Action[] {
  const { source, manifests, words } = world
  if (source.archived) return []
  const places = manifests.flatMap((each) => (each.snapshot === null ? [] : [each]))
  return places.flatMap(({ snapshot, repository, policy, state }, index): Action[] => {
    const again = places.slice(0, index).some((each) => sameRepository(each.repository, repository))
    if (again || !state.ok || state.head === null || !policy.ok) return []
    if (refusesSource(policy.value, source.repository, repository) !== null) return []
    const over = Object.entries(state.value.previews).flatMap(([name, said]) =>
      isClosed(world, Number(name.split('/')[1])) && !isNew(world, said) ? [name] : [],
    )
    if (over.length === 0) return []
    const what = `Forget what was said of ${over.length} preview${over.length === 1 ? '' : 's'} of closed ${words.changeRequest}s`
    const identity = { forge: source.repository.forge, id: source.id }
    const list = over.map((name) => `- ${plainLine(name)}`).join('\n')
    return [
      {
        kind: 'write-state',
        repository: snapshot.repository,
        target: null,
        reason: { code: 'pull-request-closed', message: `${what}.` },
        wish: {
          expectedHead: state.head,
          message: `${what}\n\n${list}`,
          changes: over.map((name) => {
            const [app = '', number = ''] = name.split('/')
            return previewFile(identity, app, Number(number), null)
          }),
        },
      },
    ]
  })
}

function isNew({ now }: World, said: PreviewState): boolean {
  return Object.values(said).some((each) => each !== null && Date.parse(each.at) > now.getTime() - JUST_NOW)
}

function isClosed({ offers }: World, number: number): boolean {
  const { pullRequests, closedPullRequests } = offers
  if (pullRequests.items.some((each) => each.number === number)) return false
  const listed = pullRequests.complete && pullRequests.items.length > 0
  return listed || closedPullRequests.some((each) => each.number === number)
}
