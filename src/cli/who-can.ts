import type { Engine, WhoCan } from '../compose.ts'
import { printable } from '../domain/printable.ts'
import { parseRepository } from '../domain/repository.ts'
import { Command } from './commander.ts'
import { printNotPlanned } from './print-reading.ts'
import { table } from './table.ts'
import { EXIT_CODES, json, type Terminal } from './terminal.ts'

interface Options {
  source: string
  app?: string
  json?: true
  verbose?: true
}

/** `supercargo who-can VERB [ENVIRONMENT]`: whom a policy lets give a command. Ends with 0, 1 (nobody) or 2. */
export function whoCanCommand(
  terminal: Terminal,
  engine: (verbose: boolean) => Engine,
  end: (code: number) => void,
): Command {
  return new Command('who-can')
    .summary('show who may give a command')
    .description(
      'Reads the configuration and the policy from the forges and prints who may give a command, such as promote, and why nobody may. Takes GITHUB_TOKEN and GITHUB_API_URL, GITLAB_TOKEN and GITLAB_URL from the environment. Ends with 0 when somebody may, 1 when nobody may or a file is broken, 2 when it could not be read.',
    )
    .argument('<verb>', 'the command, such as promote or lock')
    .argument('[environment]', 'the environment that it is about, such as production')
    .requiredOption('--source <repository>', 'the application repository, such as acme/web')
    .option('--app <name>', 'the app, where several have such an environment')
    .option('--json', 'print the result for a program')
    .option('--verbose', 'print every request to the standard error')
    .action(async (verb: string, environment: string | undefined, options: Options) => {
      const { home, whoCan } = engine(options.verbose === true)
      const question = { verb, environment: environment ?? null, app: options.app }
      const result = await whoCan(parseRepository(options.source, home), question)
      if ('kind' in result) return end(printNotPlanned(terminal, result, options.json === true))
      if (options.json) terminal.out(json(result))
      else print(terminal, result)
      const nobody = result.targets.some(({ reason }) => reason !== null)
      end(nobody ? EXIT_CODES.problems : EXIT_CODES.ok)
    })
}

const NEEDS: Readonly<Record<Exclude<WhoCan['needs'], 'promote'>, (source: string) => string>> = {
  anyone: (source) => `everybody who may comment in ${source}`,
  read: (source) => `everybody with read access to ${source}`,
  write: (source) => `everybody with write access to ${source}`,
}

function print({ out, paint, width }: Terminal, { verb, needs, source, targets }: WhoCan): void {
  if (needs !== 'promote') out(printable(`${verb}: ${NEEDS[needs](source)}.`))
  for (const { target, manifests, people, reason } of targets) {
    out(paint('1', printable(`${verb} ${target}, by the policy of ${manifests}:`)))
    const rows = people.map(({ as, may, lack, note }) => [
      as,
      may?.join(', ') || '–',
      lack.join(', ') || '–',
      note ?? '',
    ])
    if (rows.length > 0) out(table(['WHO', 'MAY', `MAY NOT WRITE ${source}`, 'NOTE'], rows, width))
    if (reason !== null) out(printable(`Nobody: ${reason.message}`))
  }
}
