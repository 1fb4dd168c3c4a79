import type { Version } from '../../domain/version.ts'
import type { Reason } from '../../plan/action.ts'
import { questionKey } from '../../plan/questions.ts'
import { placesOf } from '../../plan/versions/ready.ts'
import { isRegistryRule } from '../../plan/versions/registry-tags.ts'
import { answerQuestions } from '../answer-questions.ts'
import type { CommandDependencies, Order } from './dependencies.ts'
import type { Permit } from './permit.ts'

/** Whether the images of a version are there. `looked` false: the configuration says that nobody has to. */
export type Existence = { exists: true; looked: boolean } | { exists: false; reason: Reason }

/** Asks the registry for the images of a version that a person has named. */
export async function existenceOf(
  { repository }: Order,
  { environment }: Permit,
  version: Version,
  dependencies: CommandDependencies,
): Promise<Existence> {
  if (!environment.ready.image && !isRegistryRule(environment.follow)) return { exists: true, looked: false }
  const questions = placesOf(environment, version).map(({ at, tag }) => ({
    about: 'manifest' as const,
    image: at,
    reference: tag,
  }))
  const answers = await answerQuestions(dependencies, repository, questions)
  for (const question of questions) {
    const answer = answers[questionKey(question)]
    const name = `${question.image.written}:${question.reference}`
    if (answer?.known !== true) {
      const code = answer?.reason.code ?? 'not-asked'
      const message = `Whether there is an image ${name} cannot be told: ${answer?.reason.message ?? ''} Nothing is done.`
      return { exists: false, reason: { code, message } }
    }
    if (answer.value === null) {
      return { exists: false, reason: { code: 'version-not-found', message: `There is no image ${name}.` } }
    }
  }
  return { exists: true, looked: true }
}

/** What an answer adds where nobody has looked for the image. */
export function unlooked(looked: boolean): string {
  return looked
    ? ''
    : ' Nobody has looked whether its image is there, because the configuration says "ready: commit".'
}
