import type { Command, CommandEntry } from '../../command/command.ts'
import { commentHash } from '../../command/comment-hash.ts'
import { LIMITS } from '../../command/limits.ts'
import { readComment } from '../../command/read-comment.ts'
import { COMMANDS } from '../../command/registry.ts'
import { parseRepository, type RepositoryId } from '../../domain/repository.ts'
import type { Decision } from '../../plan/explain/answer.ts'
import type { Intent } from '../../store/store.ts'
import { forgeOf } from '../dependencies.ts'
import { isWritten, readPlanned, WRITTEN } from './carried.ts'
import type { CommandDependencies, Order } from './dependencies.ts'
import { allows } from './permission.ts'
import { spokenOf } from './spoken-of.ts'
import { VERBS } from './verbs.ts'

/** What was decided about a comment with commands. */
export interface Verdict {
  decisions: Decision[]
  /** Whom and where to answer; null: in the journal only. */
  answer: { login: string; url: string } | null
  /** Nothing shows that the comment was looked at. */
  silent?: true
}

/**
 * Decides about one comment and carries its commands out. Nothing is done but after: its text is the one that was
 * written (requirement 9), a person wrote it (8), all of it is understood, and the forge says that its author may do
 * each of its commands (10).
 * @throws what may pass; then nothing is decided
 */
export async function decide(intent: Intent, dependencies: CommandDependencies): Promise<Verdict> {
  const { forges, now } = dependencies
  const repository = parseRepository(intent.repository, 'github')
  const forge = forgeOf(forges, repository)
  const comment = await forge.readComment(repository, intent.number, intent.comment)
  if (comment === null) return unheard('comment-gone', 'The comment was deleted before it was its turn.')
  const { login, url, text, person } = comment
  const answer = { login, url }
  const refuse = (code: string, message: string): Verdict => ({ decisions: [refusal(code, message)], answer })
  if (!person) return unheard('not-a-person', 'No person wrote the comment.')
  if (commentHash(text) !== intent.hash || login.toLowerCase() !== intent.login.toLowerCase()) {
    return refuse('comment-changed', 'The comment was changed before it was its turn; write a new one.')
  }
  const reading = readComment(text, forge.words)
  if (reading.kind === 'nothing')
    return unheard('no-command', 'The comment holds no command of this version.')
  if (reading.kind === 'refused') {
    const decisions = reading.problems.map(({ written, code, message }) => ({
      ...refusal(code, message),
      written,
    }))
    return { decisions, answer }
  }
  const { commands } = reading
  const { repository: about, app } = await spokenOf(forge, repository, intent.number)
  if (about.forge !== repository.forge) {
    const message = `${about.path} is on another forge, where nobody knows who ${login} is; write it on a ${forge.words.changeRequest} there.`
    return refuse('other-forge', message)
  }
  if (now().getTime() - intent.acceptedAt.getTime() > LIMITS.seconds * 1000) {
    return { decisions: await giveUp(commands, about, url, dependencies), answer }
  }
  const access = await forge.readAccess(about, login)
  const forbidden = commands.filter(({ verb }) => !allows(access, needOf(verb)))
  if (forbidden.length > 0) {
    return { decisions: forbidden.map((command) => notPermitted(command, login, about)), answer }
  }
  const decisions: Decision[] = []
  for (const [index, command] of commands.entries()) {
    const order = { intent, repository: about, login, url, place: index + 1, access }
    const decision =
      app === null ? carryOut(command, order, dependencies) : carryOutThere(command, app, order, dependencies)
    decisions.push(await decision)
  }
  return { decisions, answer }
}

/** Nothing is carried out any more, but nobody is told to write again what was. */
async function giveUp(
  commands: readonly Command[],
  repository: RepositoryId,
  url: string,
  dependencies: CommandDependencies,
): Promise<Decision[]> {
  const reading = await readPlanned({ repository }, dependencies)
  const late = refusal('too-late', 'This could not be carried out within an hour; write it again.')
  const written = commands.map(
    (_, index) => 'world' in reading && isWritten(reading.world, { url, place: index + 1 }),
  )
  if (!written.includes(true)) return [late]
  return commands.map((command, index) => ({
    ...(written[index] === true ? WRITTEN : late),
    written: command.written,
  }))
}

async function carryOut(
  command: Command,
  order: Omit<Order, 'command'>,
  dependencies: CommandDependencies,
): Promise<Decision> {
  const entry = COMMANDS.find(({ verb }) => verb === command.verb)
  if (entry === undefined) throw new Error(`Nothing is known of the command ${command.verb}.`)
  const { written } = command
  return { written, ...(await VERBS[entry.verb]({ command, ...order }, dependencies)) }
}

/** On a change request its app is meant, unless another one is named; it has no preview. */
async function carryOutThere(
  command: Command,
  app: string,
  order: Omit<Order, 'command'>,
  dependencies: CommandDependencies,
): Promise<Decision> {
  if (command.verb === 'preview') {
    const message = 'This is a change of manifests, which has no preview.'
    return { ...refusal('no-preview-here', message), written: command.written }
  }
  const entry: CommandEntry | undefined = COMMANDS.find(({ verb }) => verb === command.verb)
  const isMeant = entry?.options?.app !== undefined && entry.needs === 'promote'
  const options = isMeant ? { app, ...command.options } : command.options
  return await carryOut({ ...command, options }, order, dependencies)
}

function needOf(verb: string) {
  return COMMANDS.find((entry) => entry.verb === verb)?.needs ?? 'write'
}

function notPermitted({ verb, written }: Command, login: string, { path }: RepositoryId): Decision {
  const message = `${login} needs ${needOf(verb)} access to ${path} for "${verb}".`
  return { ...refusal('not-permitted', message), written }
}

/** What is refused as a whole. */
export function refusal(code: string, message: string): Decision {
  return { written: null, done: false, reason: { code, message }, details: '' }
}

/** The outcome of a comment that is none of ours. */
export function unheard(code: string, message: string): Verdict {
  return { decisions: [refusal(code, message)], answer: null, silent: true }
}
