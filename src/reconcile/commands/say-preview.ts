import { repositoryKey } from '../../domain/repository.ts'
import type { Reason } from '../../plan/action.ts'
import { explainSaid } from '../../plan/explain/preview-said.ts'
import { choose } from '../../plan/previews/choose.ts'
import type { World } from '../../plan/world.ts'
import { previewFile } from '../../state/files.ts'
import type { CommandPlace } from '../../state/message.ts'
import { afterWord, NOTHING_SAID_OF_IT, type PreviewWord } from '../../state/preview.ts'
import type { PreviewState, Said, SourceState } from '../../state/state.ts'
import { forgeOf } from '../dependencies.ts'
import { type Carried, done, refused } from './carried.ts'
import type { CommandDependencies } from './dependencies.ts'
import { byManifests, type PreviewApp, type PreviewSubject } from './preview-subject.ts'
import { say } from './say.ts'

/**
 * Writes down what a person said of the previews of a pull request, in one commit for each manifest repository, and lets
 * the next pass look at it. Said again it changes nothing: the time is the one at which it was asked for.
 */
export async function sayOfPreview(
  world: World,
  { pullRequest, apps }: PreviewSubject,
  word: PreviewWord,
  said: Said,
  command: CommandPlace | null,
  { forges, store }: CommandDependencies,
): Promise<Carried> {
  const { source, words } = world
  const identity = { forge: source.repository.forge, id: source.id }
  const written: Record<string, PreviewState> = {}
  let refusal: Reason | null = null
  for (const group of byManifests(apps)) {
    const [first] = group
    if (first === undefined) continue
    const reason = await say(
      forgeOf(forges, first.manifests),
      first.manifests,
      identity,
      command,
      (state) => {
        const judged = group.map((each) => judge(each, pullRequest, state, word, said))
        const accepted = judged.flatMap((each) => ('after' in each ? [each] : []))
        const [wrong] = judged.flatMap((each) => ('after' in each ? [] : [each]))
        if (accepted.length === 0 && wrong !== undefined) return { refused: wrong }
        for (const { name, after } of accepted) written[name] = after ?? NOTHING_SAID_OF_IT
        const names = accepted.map(({ name }) => name).join(', ')
        return {
          changes: accepted.map(({ name, after }) => previewFile(identity, name, pullRequest.number, after)),
          what: `preview ${word.is} of ${words.changeRequest} ${pullRequest.number} (${names})`,
          said,
        }
      },
    )
    refusal ??= reason
  }
  const told = apps.filter(({ app }) => Object.hasOwn(written, app.name))
  if (told.length === 0)
    return refused(refusal?.code ?? 'nothing-said', refusal?.message ?? 'Nothing was said.')
  await store.enqueue([repositoryKey(source.repository)])
  const sentences = told.map((each) =>
    explainSaid(world, each, pullRequest, word, written[each.app.name] ?? NOTHING_SAID_OF_IT),
  )
  return done(`preview-${word.is}`, sentences.join(' '), '')
}

type Judged = { name: string; after: PreviewState | null }

/** What is said of an app's preview from now on; nothing can be said of the time of one that is not wanted. */
function judge(
  { app, previews }: PreviewApp,
  pullRequest: PreviewSubject['pullRequest'],
  state: SourceState,
  word: PreviewWord,
  said: Said,
): Judged | Reason {
  const before = state.previews[`${app.name}/${pullRequest.number}`] ?? NOTHING_SAID_OF_IT
  const accepted = { name: app.name, after: afterWord(before, word, said, previews.ttl) }
  if (word.is === 'up' || word.is === 'down') return accepted
  const choice = choose(previews, pullRequest, before)
  if ('reason' in choice) return choice.reason
  if (choice.is === 'chosen') return accepted
  const message = `It has no preview of ${app.name} as the configuration is. "/cargo preview up" asks for one.`
  return { code: 'preview-not-wanted', message }
}
