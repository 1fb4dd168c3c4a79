import type { Engine } from '../compose.ts'
import { parseRepository } from '../domain/repository.ts'
import { Command } from './commander.ts'
import { actionForPrograms, printStandings } from './print-plan.ts'
import { endOf, printNotPlanned } from './print-reading.ts'
import { json, type Terminal } from './terminal.ts'

interface Options {
  json?: true
  verbose?: true
  confirmRemovals?: true
  manifests?: string[]
}

/** `supercargo reconcile REPOSITORY`: one pass. Ends with 0, 1 (something is refused) or 2. */
export function reconcileCommand(
  terminal: Terminal,
  engine: (verbose: boolean) => Engine,
  end: (code: number) => void,
): Command {
  return new Command('reconcile')
    .summary('do what the plan says for one application repository')
    .description(
      'Does in one pass what the server would do for an application repository. Takes GITHUB_TOKEN and GITHUB_API_URL, GITLAB_TOKEN and GITLAB_URL from the environment. Safe to repeat and to interrupt. Ends with 0 when all is well, 1 when something is refused or broken, 2 when it could not be done.',
    )
    .argument('<repository>', 'the application repository, such as acme/web or gitlab:acme/platform/web')
    .option(
      '--confirm-removals',
      'remove as many previews as the plan says, also more than "maxRemovals" at once, and without a second look',
    )
    .option(
      '--manifests <repository...>',
      'a manifest repository where its previews are, when its configuration does not name it any more, or it is gone',
    )
    .option('--json', 'print the result for a program')
    .option('--verbose', 'print every request to the standard error')
    .action(async (repository: string, options: Options) => {
      const confirmRemovals = options.confirmRemovals === true
      const { home, reconcile } = engine(options.verbose === true)
      const fed = (options.manifests ?? []).map((name) => parseRepository(name, home))
      const result = await reconcile(parseRepository(repository, home), { confirmRemovals }, fed)
      const { reading, standings, applied } = result
      if (reading.kind !== 'planned') return end(printNotPlanned(terminal, reading, options.json === true))
      const actions = applied.map(({ action }) => actionForPrograms(action, reading.world))
      if (options.json) terminal.out(json({ standings, actions }))
      else {
        printStandings(terminal, standings)
        terminal.out(
          `\n${actions.length === 0 ? 'There was nothing to do.' : `Done: ${counted(applied.map(({ action }) => action.kind))}.`}`,
        )
        for (const { url } of standings) if (url !== null) terminal.out(url)
      }
      end(endOf(standings))
    })
}

function counted(kinds: readonly string[]): string {
  return [...new Set(kinds)]
    .map((kind) => `${kinds.filter((each) => each === kind).length} × ${kind}`)
    .join(', ')
}
