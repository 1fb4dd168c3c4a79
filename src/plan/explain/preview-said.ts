import type { App, Previews } from '../../config/model.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { PreviewWord } from '../../state/preview.ts'
import type { PreviewState } from '../../state/state.ts'
import { asksFor } from '../previews/choose.ts'
import { showTime } from '../previews/life.ts'
import { type Preview, previewSet } from '../previews/set.ts'
import type { World } from '../world.ts'

/** What happens next to a preview of which somebody has just said something, in whole sentences. */
export function explainSaid(
  world: World,
  { app, previews }: { app: App; previews: Previews },
  pullRequest: SourcePullRequest,
  word: PreviewWord,
  after: PreviewState,
): string {
  if (word.is === 'down') {
    return `The preview of ${app.name} goes, and stays away until somebody writes ${asksFor(pullRequest)}.`
  }
  const isIt = (preview: Preview) => preview.pullRequest?.number === pullRequest.number
  const set = previewSet(knowing(world, `${app.name}/${pullRequest.number}`, after), app, previews)
  const absent = set.absent.find(({ preview }) => isIt(preview))
  if (absent !== undefined) return absent.reason.message
  const preview = set.previews.find(isIt)
  if (preview === undefined) {
    return `An older ${world.words.changeRequest} has the path of the preview of ${app.name}, which waits for its end.`
  }
  const comes = `The preview of ${app.name} shows commit ${preview.head.slice(0, 7)} as soon as its version is ready.`
  return word.is === 'up' ? `${comes} ${endOf(world, preview)}` : `${app.name}: ${endOf(world, preview)}`
}

function endOf({ words }: World, { expires, said }: Preview): string {
  if (expires !== null) return `It goes on ${showTime(expires.at)} unless somebody pushes or extends it.`
  const pinned = said?.pinned == null ? '' : ', or until "/cargo preview unpin"'
  return `It stays as long as this ${words.changeRequest} is open${pinned}.`
}

/** The same world after that was written down. */
function knowing(world: World, name: string, after: PreviewState): World {
  const manifests = world.manifests.map((each) => {
    if (each.snapshot === null || !each.state.ok) return each
    const previews = { ...each.state.value.previews, [name]: after }
    return { ...each, state: { ...each.state, value: { ...each.state.value, previews } } }
  })
  return { ...world, manifests }
}
