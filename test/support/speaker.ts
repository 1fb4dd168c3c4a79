import { commentHash } from '../../src/command/comment-hash.ts'
import { commandsKey, readCommandsKey } from '../../src/domain/commands-key.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { carryOutCommands } from '../../src/reconcile/commands/carry-out.ts'
import { setMember } from '../../src/sandbox/gitlab/state/groups.ts'
import { createComment } from '../../src/sandbox/model/discussion.ts'
import { ensureAccount, setRole } from '../../src/sandbox/model/repositories.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { type HeldIntents, holdIntents } from './intents.ts'
import { MANIFESTS, SOURCE, type Stage } from './stage.ts'

/** People who write comments with commands on a request of the application, without webhooks and queue. */
export interface Speaker {
  number: number
  intents: HeldIntents
  /** Writes a comment and wishes what it says; returns its number. */
  say(text: string, by?: string): Promise<number>
  /** Carries out what is open. */
  work(wrap?: (forge: Forge) => Forge): Promise<void>
  /** Says it, carries it out, and returns the answer and the reactions to it. */
  ask(text: string, by?: string): Promise<{ answer: string; reactions: string[]; comment: number }>
  reactions(comment: number): Promise<string[]>
  /** Codes of the journal, oldest first. */
  codes(): string[]
}

/** @param on the request that they speak on, of the manifest repository or the application; absent: a new one there */
export async function speaker(
  s: Stage,
  now: () => Date = () => new Date(),
  on?: { number: number; manifests?: true },
): Promise<Speaker> {
  const { number } = on ?? (await s.propose('feature/login'))
  const intents = holdIntents()
  // whoever administrates an instance of GitLab is no member of its projects
  if (s.source.id === 'gitlab') setMember(s.source.inside.model, s.web, 'you', 50)
  const there = on?.manifests === true
  const [source, path] = there ? [s.target, MANIFESTS] : [s.source, SOURCE]
  const repository = `${source.id}:${path}`
  const say = async (text: string, by = 'you') => {
    const comment =
      by === 'you'
        ? await source.say(path, number, text)
        : sayAs(source, there ? s.manifests : s.web, number, text, by)
    intents.accept({ repository, number, comment, login: by, hash: commentHash(text) }, now())
    return comment
  }
  const work: Speaker['work'] = async (wrap = (forge) => forge) => {
    const forges = new Map([...s.bot.dependencies.forges].map(([id, forge]) => [id, wrap(forge)]))
    const place = readCommandsKey(commandsKey(repository, number))
    if (place === null) throw new Error('The key cannot be read.')
    await carryOutCommands(place, { ...s.bot.dependencies, forges, now, store: intents })
  }
  const reactions = (comment: number) => source.reactions(path, number, comment)
  return {
    number,
    intents,
    say,
    work,
    reactions,
    codes: () => intents.entries.map(({ code }) => code),
    async ask(text, by) {
      const comment = await say(text, by)
      await work()
      const answers = (await source.comments(path, number)).filter((each) => /supercargo:commands/.test(each))
      return { answer: answers.join('\n=====\n'), reactions: await reactions(comment), comment }
    },
  }
}

function sayAs(
  { inside: { model } }: Stage['source'],
  place: Repository,
  number: number,
  text: string,
  login: string,
): number {
  const account = ensureAccount(model, login)
  return createComment(model, place, { kind: 'person', account }, number, text).id
}

/** Makes somebody a member. */
export function grant(
  { inside, id }: Stage['source'],
  repository: Repository,
  login: string,
  role: 'read' | 'write',
): void {
  const { model } = inside
  const account = ensureAccount(model, login)
  if (id === 'github') setRole(model, repository, account.login, role)
  else setMember(model, repository, account.login, role === 'read' ? 20 : 30)
}
