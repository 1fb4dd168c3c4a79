import type { Verb } from '../../command/registry.ts'
import { COMMANDS } from '../../command/registry.ts'
import { minute } from '../../domain/minute.ts'
import { nearest } from '../../domain/nearest.ts'
import { repositoryKey } from '../../domain/repository.ts'
import { actionList, helpTable } from '../../plan/explain/answer.ts'
import { standingTable } from '../../plan/explain/report.ts'
import type { LookAgain } from '../../plan/look-again.ts'
import { type Carried, done, type Planned, readPlanned, refused } from './carried.ts'
import type { CarryOut, CommandDependencies, Order } from './dependencies.ts'
import { type Hidden, hiddenFrom } from './hidden.ts'
import { lock, unlock } from './lock.ts'
import { allows } from './permission.ts'
import { preview } from './preview.ts'
import { promote } from './promote.ts'
import { rollback } from './rollback.ts'

/** What every verb of the registry does. */
export const VERBS: Readonly<Record<Verb, CarryOut>> = {
  help: async ({ access }) => {
    const message = 'These are the commands that you may use here.'
    return done(
      'told',
      message,
      helpTable(COMMANDS, (need) => allows(access, need)),
    )
  },

  status: (order, dependencies) =>
    look(order, dependencies, ({ plan, world }, isWanted, hidden) => {
      const standings = plan.standings.filter(({ target }) => isWanted(target))
      const next = `The next look is ${whenNext(plan.lookAgain)}.`
      return done(
        'told',
        `This is how ${world.source.repository.path} stands. ${next}`,
        standingTable(standings, (target) => hidden.target(target)),
      )
    }),

  plan: (order, dependencies) =>
    look(order, dependencies, ({ plan, world }, isWanted, hidden) => {
      const actions = plan.actions.filter(({ target }) => target?.split(', ').some(isWanted) ?? true)
      if (actions.length === 0) {
        return done(
          'nothing-to-do',
          'Nothing would be done now: everything is as it should be, or waits.',
          '',
        )
      }
      const count = actions.length === 1 ? '1 thing' : `${actions.length} things`
      const list = actionList(actions, world, (action) => hidden.action(action))
      return done('told', `Now, ${count} would be done.`, list)
    }),

  retry: async ({ repository }, { store }) => {
    await store.enqueue([repositoryKey(repository)])
    return done('queued', `Supercargo looks at ${repository.path} again now.`, '')
  },

  lock,
  unlock,
  promote,
  rollback,
  preview,
}

function whenNext(lookAgain: LookAgain | null): string {
  const { seconds = null, at = null } = lookAgain ?? {}
  if (seconds !== null) return `in ${seconds} seconds or sooner`
  return at === null ? 'at the next event, or with the next sweep' : `at ${minute(at)} or sooner`
}

/** Reads the world afresh, without writing anything. */
async function look(
  order: Order,
  dependencies: CommandDependencies,
  tell: (reading: Planned, isWanted: (target: string) => boolean, hidden: Hidden) => Carried,
): Promise<Carried> {
  const reading = await readPlanned(order, dependencies)
  if ('done' in reading) return reading
  const { app } = order.command.options
  const apps = reading.world.config.apps.map(({ name }) => name)
  if (app !== undefined && !apps.includes(app)) {
    const meant = nearest(app, apps)
    return refused(
      'app-unknown',
      `There is no app "${app}".${meant === null ? '' : ` Did you mean "${meant}"?`}`,
    )
  }
  const isWanted = (target: string) => app === undefined || target.startsWith(`${app}/`)
  return tell(reading, isWanted, await hiddenFrom(order, reading.world, dependencies))
}
