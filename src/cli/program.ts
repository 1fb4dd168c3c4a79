import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { SupercargoError } from '../domain/errors.ts'
import { engineFromEnvironment } from './engine-options.ts'
import { gitlabCommand } from './gitlab/setup.ts'
import { planCommand } from './plan.ts'
import { reconcileCommand } from './reconcile.ts'
import { EXIT_CODES, printable, type Terminal } from './terminal.ts'
import { validateCommand } from './validate.ts'

/**
 * Runs one command line and says how the process should end.
 * @param args without the program's own name
 */
export async function runCommandLine(args: string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT_CODES.ok
  const end = (wanted: number) => {
    code = wanted
  }
  const program = new Command('supercargo')
    .description('Keeps a GitOps manifest repository in step with its applications.')
    .version(version())
  const engine = (verbose: boolean) => engineFromEnvironment(process.env, verbose)
  program.addCommand(planCommand(terminal, engine, end))
  program.addCommand(reconcileCommand(terminal, engine, end))
  program.addCommand(validateCommand(terminal, end))
  program.addCommand(gitlabCommand(terminal, end))
  for (const command of allCommands(program))
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof SupercargoError) {
      terminal.err(printable([error.message, error.advice].filter(Boolean).join(' ')))
      return EXIT_CODES.unusable
    }
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.unusable
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
