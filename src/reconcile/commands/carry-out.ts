import { LIMITS } from '../../command/limits.ts'
import { errorKind } from '../../domain/errors.ts'
import { oneLine } from '../../domain/markdown.ts'
import { parseRepository } from '../../domain/repository.ts'
import type { ReactionWish } from '../../forge/feedback.ts'
import { ANSWER_MARKER, answerComment } from '../../plan/explain/answer.ts'
import type { Intent, LabelIntent } from '../../store/store.ts'
import { forgeOf } from '../dependencies.ts'
import { reasonOf } from '../reason-of.ts'
import { decide, refusal, unheard, type Verdict } from './decide.ts'
import type { CommandDependencies } from './dependencies.ts'
import { decideLabel } from './preview-label.ts'

/**
 * Carries out what was asked on one pull request and has no outcome yet, in the order in which it was asked. Everything
 * up to the outcome may be done again: a process that ends in the middle loses nothing, and repeats nothing that shows.
 * @throws what may pass; then the rest keeps its order
 */
export async function carryOutCommands(
  { repositoryKey, number }: { repositoryKey: string; number: number },
  dependencies: CommandDependencies,
): Promise<void> {
  for (const intent of await dependencies.store.openIntents(repositoryKey, number)) {
    await carryOutOne(intent, dependencies)
  }
}

async function carryOutOne(intent: Intent | LabelIntent, dependencies: CommandDependencies): Promise<void> {
  const limit = await limitOf(intent, dependencies)
  if (limit === 'silent') {
    return await finish(intent, { decisions: [tooMany()], answer: null, silent: true }, dependencies)
  }
  const verdict = await unlessFinal(dependencies, async () => {
    if (intent.comment === null) {
      return limit === 'told'
        ? { decisions: [tooMany()], answer: null, silent: true }
        : await decideLabel(intent, dependencies)
    }
    const heard = await react(intent, 'eyes', dependencies)
    if (!heard) return unheard('comment-gone', 'The comment was deleted before it was its turn.')
    return limit === 'told' ? await refuseMany(intent, dependencies) : await decide(intent, dependencies)
  })
  const told = await unlessFinal(dependencies, async () => {
    await tell(intent, verdict, dependencies)
    return verdict
  })
  await finish(intent, told, dependencies)
}

/** What will not pass is an outcome as well. */
async function unlessFinal({ log }: CommandDependencies, work: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await work()
  } catch (error) {
    if (errorKind(error) === 'transient' || errorKind(error) === 'conflict') throw error
    log.error({ error }, 'A command failed.')
    const { code, message } = reasonOf(error)
    return { decisions: [refusal(code, message)], answer: null }
  }
}

/** The first comment above a limit is answered, the others are not: answers cost more than questions. */
async function limitOf(
  intent: Intent | LabelIntent,
  { store }: CommandDependencies,
): Promise<'none' | 'told' | 'silent'> {
  const counts = await store.countIntents(intent, LIMITS.seconds)
  const above = Math.max(counts.person - LIMITS.person, counts.repository - LIMITS.repository)
  if (above <= 0) return 'none'
  return above === 1 ? 'told' : 'silent'
}

async function refuseMany(intent: Intent, { forges }: CommandDependencies): Promise<Verdict> {
  const repository = parseRepository(intent.repository, 'github')
  const comment = await forgeOf(forges, repository).readComment(repository, intent.number, intent.comment)
  return { decisions: [tooMany()], answer: comment?.person === true ? comment : null }
}

function tooMany() {
  const message = `Nobody may write more than ${LIMITS.person} comments with commands in an hour, and all together ${LIMITS.repository}.`
  return refusal('too-many', message)
}

async function tell(
  intent: Intent | LabelIntent,
  verdict: Verdict,
  dependencies: CommandDependencies,
): Promise<void> {
  const { answer, decisions, silent } = verdict
  if (silent === true) return
  const repository = parseRepository(intent.repository, 'github')
  const forge = forgeOf(dependencies.forges, repository)
  if (answer !== null) {
    const { number } = intent
    const present = await forge.findComment(repository, number, ANSWER_MARKER)
    const body = answerComment(answer.login, answer.url, decisions)
    if (present?.body !== body) {
      const wish = { number, id: present?.id ?? null, body, marker: ANSWER_MARKER }
      await forge.writeComment(repository, wish)
    }
  }
  if (intent.comment === null) return
  const failed = decisions.some(({ done }) => !done)
  await react(intent, failed ? 'confused' : 'rocket', dependencies)
}

/** False when the comment is gone. */
async function react(
  { repository, number, comment }: Intent,
  reaction: ReactionWish['reaction'],
  { forges }: CommandDependencies,
): Promise<boolean> {
  const place = parseRepository(repository, 'github')
  try {
    await forgeOf(forges, place).ensureReaction(place, { number, comment, reaction })
    return true
  } catch (error) {
    if (reasonOf(error).code === 'comment-not-found') return false
    throw error
  }
}

function placeOf(intent: Intent | LabelIntent): string {
  return intent.comment === null
    ? `by the label ${oneLine(intent.labels.join(', '), 100)} (${intent.head.slice(0, 12)})`
    : `in comment ${intent.comment} (${intent.hash.slice(0, 12)})`
}

/** Who, which comment, what was decided and why (requirement 27). */
async function finish(
  intent: Intent | LabelIntent,
  { decisions }: Verdict,
  { store, log }: CommandDependencies,
): Promise<void> {
  const { repository, number, login } = intent
  const failed = decisions.find(({ done }) => !done)
  const said = decisions.map(({ written, reason }) => [written, reason.message].filter(Boolean).join(': '))
  const entry = {
    key: repository,
    action: failed === undefined ? 'command' : 'command-refused',
    code: failed?.reason.code ?? 'carried-out',
    message: `${login} ${placeOf(intent)}: ${said.join(' ')}`,
    target: `${number}`,
  }
  await store.finishIntent(intent, entry)
  log.info(entry, `${entry.action}: ${entry.message}`)
}
