import type { Command } from '../../command/command.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Access } from '../../forge/feedback.ts'
import type { Decision } from '../../plan/explain/answer.ts'
import type { Intent, Store } from '../../store/store.ts'
import type { Dependencies } from '../dependencies.ts'

/** What carrying out commands needs of the world around it. */
export interface CommandDependencies
  extends Pick<Dependencies, 'forges' | 'registry' | 'prober' | 'log' | 'now'> {
  store: Pick<Store, 'openIntents' | 'countIntents' | 'finishIntent' | 'enqueue'>
}

/** One command that its author may give. */
export interface Order {
  command: Command
  intent: Intent
  /** The application that it is about: that of the comment, or of the change request on which it stands. */
  repository: RepositoryId
  /** As the forge spells it. */
  login: string
  /** Page of the comment. */
  url: string
  /** Of the command in the comment, from 1. */
  place: number
  access: Access
}

/** Carries out a verb. Safe to repeat: whatever it does is an ensure. */
export type CarryOut = (order: Order, dependencies: CommandDependencies) => Promise<Omit<Decision, 'written'>>
