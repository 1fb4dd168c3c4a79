import { LIMITS } from '../../command/limits.ts'
import { parseRepository } from '../../domain/repository.ts'
import { hasLabel } from '../../plan/previews/choose.ts'
import type { LabelIntent } from '../../store/store.ts'
import { forgeOf } from '../dependencies.ts'
import { readPlanned } from './carried.ts'
import { refusal, unheard, type Verdict } from './decide.ts'
import type { CommandDependencies } from './dependencies.ts'
import { allows } from './permission.ts'
import { subjectOf } from './preview-subject.ts'
import { sayOfPreview } from './say-preview.ts'

/**
 * Decides about a label that somebody gave to the pull request of a fork: it approves the commit that was its head then,
 * if the configuration says so of this label, and the forge says that this person may write (requirements 10 and 11).
 * Whatever is not as it was then approves nothing.
 * @throws what may pass; then nothing is decided
 */
export async function decideLabel(intent: LabelIntent, dependencies: CommandDependencies): Promise<Verdict> {
  const { number, login, labels, head, acceptedAt } = intent
  const repository = parseRepository(intent.repository, 'github')
  const reading = await readPlanned({ repository }, dependencies)
  if ('done' in reading) return unheard(reading.reason.code, reading.reason.message)
  const { world } = reading
  const subject = subjectOf(world, number, undefined)
  if ('code' in subject) return unheard(subject.code, subject.message)
  const { pullRequest } = subject
  const given = labels.map((label) => label.toLowerCase())
  const apps = subject.apps.filter(({ previews }) => given.includes(previews.forkLabel ?? ''))
  const [first] = apps
  const label = first?.previews.forkLabel
  if (!pullRequest.fork || label == null) return unheard('no-fork-label', 'This label approves nothing here.')
  const answer = { login, url: pullRequest.url }
  const refuse = (code: string, message: string): Verdict => ({ decisions: [refusal(code, message)], answer })
  const access = await forgeOf(dependencies.forges, repository).readAccess(repository, login)
  if (!allows(access, 'write')) {
    return refuse(
      'not-permitted',
      `${login} needs write access to ${repository.path} to approve a commit of a fork by a label.`,
    )
  }
  const age = dependencies.now().getTime() - acceptedAt.getTime()
  if (pullRequest.head !== head || !hasLabel(pullRequest, label) || age > LIMITS.seconds * 1000) {
    const message =
      'The commits or labels are not those of the moment at which the label was given. Take it away, look at the newest commit, and give it again.'
    return refuse('fork-moved', message)
  }
  const said = { by: login, at: acceptedAt.toISOString(), url: null, reason: `By the label ${label}.` }
  const word = { is: 'up', commit: head } as const
  const carried = await sayOfPreview(world, { pullRequest, apps }, word, said, null, dependencies)
  return { decisions: [{ ...carried, written: null }], answer }
}
