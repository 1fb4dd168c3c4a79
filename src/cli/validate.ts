import type { Policy, Problem, SourceConfig } from '../config/model.ts'
import { readPolicy } from '../config/policy.ts'
import { readSourceConfig } from '../config/source.ts'
import { CONFIG_PATHS, POLICY_PATH } from '../domain/names.ts'
import { printable } from '../domain/printable.ts'
import { parseRepository, type RepositoryId } from '../domain/repository.ts'
import { Command, Option } from './commander.ts'
import { defaultFiles, type FileKind, kindOf, readText, repositoryDirectory } from './config-file.ts'
import { describeFollow, describeReady } from './describe-target.ts'
import { table } from './table.ts'
import { EXIT_CODES, json, type Terminal } from './terminal.ts'

interface Options {
  kind?: FileKind
  repository?: string
  json?: true
}

/** What came of one file. */
type Verdict = { file: string; kind: FileKind | null } & (
  | { ok: true; value: SourceConfig | Policy }
  | { ok: false; problems: Problem[] }
  | { ok: false; error: string }
)

/** `supercargo validate [FILE…]`: every problem of configuration files. Ends with 0, 1 or 2. */
export function validateCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('validate')
    .summary('check configuration files')
    .description(
      `Checks configuration files of application repositories (${CONFIG_PATHS.join(', ')}) and policies of manifest repositories (${POLICY_PATH}). Ends with 0 when all is well, 1 when there are problems, 2 when a file could not be checked.`,
    )
    .argument(
      '[FILE...]',
      'files to check, - for the standard input; by default those that the bot would read here',
    )
    .addOption(
      new Option('--kind <kind>', 'what the files are, where their names do not tell').choices([
        'configuration',
        'policy',
      ]),
    )
    .option('--repository <repository>', 'the repository they belong to, such as acme/web or gitlab:acme/web')
    .option('--json', 'print the result for a program')
    .action((files: string[], options: Options) => end(validate(terminal, files, options)))
}

function validate(terminal: Terminal, given: string[], options: Options): number {
  const files = given.length > 0 ? given : defaultFiles(process.cwd())
  if (files.length === 0) {
    terminal.err(`There is no ${[...CONFIG_PATHS, POLICY_PATH].join(', no ')} here. Name the files to check.`)
    return EXIT_CODES.unusable
  }
  const verdicts = files.map((file) => judge(file, options))
  if (options.json) terminal.out(json({ ok: verdicts.every(({ ok }) => ok), files: verdicts }))
  else for (const verdict of verdicts) print(terminal, verdict)
  if (verdicts.some((verdict) => 'error' in verdict)) return EXIT_CODES.unusable
  return verdicts.every(({ ok }) => ok) ? EXIT_CODES.ok : EXIT_CODES.problems
}

function judge(file: string, options: Options): Verdict {
  const kind = options.kind ?? kindOf(file)
  if (kind === null)
    return {
      file,
      kind,
      ok: false,
      error: 'Its name does not tell what it is: add --kind configuration or --kind policy.',
    }
  try {
    const repository = repositoryOf(file, options)
    const text = readText(file)
    const read =
      kind === 'policy' ? readPolicy(file, text, repository) : readSourceConfig(file, text, repository)
    return { file, kind, ...read }
  } catch (error) {
    return { file, kind, ok: false, error: explain(error) }
  }
}

/** Without --repository, one that is named like the directory: what matters is only the name of the app. */
function repositoryOf(file: string, { repository }: Options): RepositoryId {
  if (repository !== undefined) return parseRepository(repository, 'github')
  const name = repositoryDirectory(file === '-' ? '.supercargo.yml' : file).replace(/[^A-Za-z0-9_.-]+/g, '-')
  return { forge: 'github', path: `local/${/[A-Za-z0-9]/.test(name) ? name : 'app'}` }
}

function print(terminal: Terminal, verdict: Verdict): void {
  const { paint } = terminal
  const file = printable(verdict.file)
  if ('error' in verdict) terminal.err(`${file}: ${printable(verdict.error)}`)
  else if (!verdict.ok) {
    for (const problem of verdict.problems) printProblem(terminal, problem)
    const count = verdict.problems.length
    terminal.out(paint('31', `${file}: ${count} ${count === 1 ? 'problem' : 'problems'}`))
  } else {
    if ('apps' in verdict.value) terminal.out(targets(verdict.value, terminal.width))
    terminal.out(paint('32', `${file}: no problems`))
  }
}

function printProblem({ out, paint }: Terminal, { file, line, column, message, advice }: Problem): void {
  out(`${paint('1', `${printable(file)}:${line}:${column}:`)} ${printable(message)}`)
  if (advice !== null) out(paint('2', `    ${printable(advice)}`))
}

/** What was understood: one row for each environment and for previews. */
function targets({ apps }: SourceConfig, width: number): string {
  const rows = apps.flatMap(({ name, environments, previews }) => [
    ...environments.map((each) => [
      name,
      each.name,
      each.upstream === null ? describeFollow(each.follow) : `environment ${each.upstream}`,
      describeReady(each),
      `${each.manifests.path}:${each.path}`,
      each.merge,
    ]),
    ...(previews === null
      ? []
      : [
          [
            name,
            'previews',
            describeFollow(previews.follow),
            describeReady(previews),
            `${previews.manifests.path}:${previews.path}`,
            previews.merge,
          ],
        ]),
  ])
  return table(['APP', 'ENVIRONMENT', 'FOLLOWS', 'READY BY', 'WRITES TO', 'MERGE'], rows, width)
}

const REASONS: Record<string, string> = {
  ENOENT: 'There is no such file.',
  EACCES: 'It may not be read.',
  EISDIR: 'It is a directory.',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'It is not UTF-8 text.',
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) throw error
  const code = 'code' in error ? String(error.code) : ''
  const advice = 'advice' in error && typeof error.advice === 'string' ? ` ${error.advice}` : ''
  return REASONS[code] ?? `${error.message}${advice}`
}
