import { readFileSync } from 'node:fs'
import { SupercargoError } from '../domain/errors.ts'
import { printable } from '../domain/printable.ts'
import { Command, CommanderError } from './commander.ts'
import { EXIT_CODES, type Terminal } from './terminal.ts'

type End = (code: number) => void

/** Each command with what it needs alone: the server's modules take longer to load than many a command runs. */
const COMMANDS: Record<string, (terminal: Terminal, end: End) => Promise<Command>> = {
  gitlab: async (terminal, end) => (await import('./gitlab/setup.ts')).gitlabCommand(terminal, end),
  plan: async (terminal, end) => {
    const [{ planCommand }, engine] = await Promise.all([import('./plan.ts'), loadEngine()])
    return planCommand(terminal, engine, end)
  },
  previews: async (terminal, end) => {
    const [{ previewsCommand }, engine] = await Promise.all([import('./previews/orphans.ts'), loadEngine()])
    return previewsCommand(terminal, engine, end)
  },
  reconcile: async (terminal, end) => {
    const [{ reconcileCommand }, engine] = await Promise.all([import('./reconcile.ts'), loadEngine()])
    return reconcileCommand(terminal, engine, end)
  },
  'set-image': async (terminal, end) => (await import('./set-image.ts')).setImageCommand(terminal, end),
  validate: async (terminal, end) => (await import('./validate.ts')).validateCommand(terminal, end),
  'who-can': async (terminal, end) => {
    const [{ whoCanCommand }, engine] = await Promise.all([import('./who-can.ts'), loadEngine()])
    return whoCanCommand(terminal, engine, end)
  },
}

/**
 * Runs one command line and says how the process should end.
 * @param args without the program's own name
 */
export async function runCommandLine(args: string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT_CODES.ok
  const end: End = (wanted) => {
    code = wanted
  }
  const program = new Command('supercargo')
    .description('Keeps a GitOps manifest repository in step with its applications.')
    .version(version())
  const [name = ''] = args
  const wanted = Object.entries(COMMANDS).filter(([each]) => each === name || !Object.hasOwn(COMMANDS, name))
  for (const command of await Promise.all(wanted.map(([, load]) => load(terminal, end)))) {
    program.addCommand(command)
  }
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

async function loadEngine() {
  const { engineFromEnvironment } = await import('./engine-options.ts')
  return (verbose: boolean) => engineFromEnvironment(process.env, verbose)
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
