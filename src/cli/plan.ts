import type { Engine } from '../compose.ts'
import { parseRepository } from '../domain/repository.ts'
import { Command } from './commander.ts'
import { actionForPrograms, printActions, printStandings } from './print-plan.ts'
import { endOf, printNotPlanned } from './print-reading.ts'
import { json, type Terminal } from './terminal.ts'

interface Options {
  json?: true
  verbose?: true
  manifests?: string[]
}

/** `supercargo plan REPOSITORY`: what would be done. Ends with 0, 1 (something is refused) or 2. */
export function planCommand(
  terminal: Terminal,
  engine: (verbose: boolean) => Engine,
  end: (code: number) => void,
): Command {
  return new Command('plan')
    .summary('show what would be done for one application repository')
    .description(
      'Reads an application repository and its manifests from the forge and prints what would be done, as a table and as differences. Changes nothing. Takes GITHUB_TOKEN and GITHUB_API_URL, GITLAB_TOKEN and GITLAB_URL from the environment. Ends with 0 when all is well, 1 when something is refused or broken, 2 when it could not be read.',
    )
    .argument('<repository>', 'the application repository, such as acme/web or gitlab:acme/platform/web')
    .option('--manifests <repository...>', 'as for reconcile')
    .option('--json', 'print the result for a program')
    .option('--verbose', 'print every request to the standard error')
    .action(async (repository: string, options: Options) => {
      const { home, plan: read } = engine(options.verbose === true)
      const fed = (options.manifests ?? []).map((name) => parseRepository(name, home))
      const reading = await read(parseRepository(repository, home), fed)
      if (reading.kind !== 'planned') return end(printNotPlanned(terminal, reading, options.json === true))
      const { world, plan } = reading
      const { standings, actions } = plan
      if (options.json)
        terminal.out(json({ standings, actions: actions.map((action) => actionForPrograms(action, world)) }))
      else {
        printStandings(terminal, standings)
        printActions(terminal, actions, world)
        terminal.out(
          actions.length === 0 ? '\nNothing to do.' : `\nRun "supercargo reconcile ${repository}" to do it.`,
        )
      }
      end(endOf(standings))
    })
}
