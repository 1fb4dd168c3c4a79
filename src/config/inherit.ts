import { FORMER_PREVIEWS, NAME_PATTERN, PREVIEWS, STATE, STATE_BRANCH } from '../domain/names.ts'
import { repositoryName } from '../domain/repository.ts'
import { type Level, pick } from './level.ts'
import type { App, Problem } from './model.ts'
import { problemAt } from './problem.ts'
import { complain, type Reading } from './reading.ts'
import type { WrittenEnvironment, WrittenSource } from './source-schema.ts'
import type { Structure } from './structure.ts'
import { readEnvironment, readPreviews } from './target.ts'
import { lookUp, type Path } from './tree.ts'
import { readUpstream } from './upstream.ts'

/** An app with everything it inherits, and where it and its targets stand in the file. */
export interface PlacedApp {
  app: App
  path: Path
  environments: Map<string, Path>
  previews: Path | null
}

/** Turns what is written into apps that need nothing from above; what is wrong or missing is left out. */
export function inheritApps(
  { written, removed }: Structure<unknown> & { written: WrittenSource },
  given: Pick<Reading, 'document' | 'source' | 'forges'>,
): { apps: PlacedApp[]; problems: Problem[] } {
  const reading: Reading = { ...given, removed, problems: [], unused: new Map(), incomplete: false }
  const top: Level = { says: written, path: [] }
  const named = Object.entries(written.apps ?? {})
  const apps = named.map(([name, says]) => {
    const path = ['apps', name]
    complainAboutName(reading, 'app', name, path)
    return readApp(reading, name, path, [{ says, path }, top])
  })
  if (written.apps === undefined && !removed(['apps'])) {
    const name = defaultName(reading)
    if (name !== null) apps.push(readApp(reading, name, [], [top]))
  }
  if (isEmpty(written.apps) && isEmpty(lookUp(given.document.value, ['apps'])))
    complain(
      reading,
      ['apps'],
      'missing',
      '"apps" names no app.',
      'Write an app below it, or remove the key.',
    )
  const unused = reading.incomplete ? [] : [...reading.unused.values()].filter((problem) => problem !== null)
  return { apps, problems: [...reading.problems, ...unused] }
}

function readApp(reading: Reading, name: string, path: Path, levels: Level[]): PlacedApp {
  const placed: PlacedApp = {
    app: { name, paths: [], environments: [], previews: null },
    path,
    environments: new Map(),
    previews: null,
  }
  const paths = pick(levels, ['paths'], reading.removed)
  if (paths !== null && paths !== 'removed') placed.app.paths = paths.value as string[]
  const environments = pick(levels, ['environments'], reading.removed)
  if (environments !== null && environments !== 'removed')
    readEnvironments(reading, placed, levels, environments.path, environments.value as Environments)
  const previews = pick(levels, ['previews'], reading.removed)
  if (previews !== null && previews !== 'removed') {
    placed.previews = previews.path
    placed.app.previews = readPreviews(reading, levels, previews.path, previews.value as object)
  }
  if (environments === null && previews === null)
    complain(
      reading,
      path,
      'missing',
      path.length === 0
        ? 'The file names no environments and no previews.'
        : `The app ${name} has no environments and no previews.`,
      'Write "environments:" with at least one environment below it.',
    )
  return placed
}

type Environments = Record<string, WrittenEnvironment>

function readEnvironments(
  reading: Reading,
  placed: PlacedApp,
  levels: Level[],
  path: Path,
  written: Environments,
): void {
  const names = Object.entries(written)
  if (isEmpty(lookUp(reading.document.value, path)))
    complain(
      reading,
      path,
      'missing',
      '"environments" names no environment.',
      'Write one below it, or remove the key.',
    )
  for (const [name, says] of names) {
    const here = [...path, name]
    complainAboutName(reading, 'environment', name, here)
    placed.environments.set(name, here)
    const rule = readUpstream(reading, name, { written, levels, path })
    if (rule === null) {
      reading.incomplete = true
      continue
    }
    const own = { says: { ...says, ...rule.says }, path: here }
    const environment = readEnvironment(reading, name, [own, ...levels], here, rule.upstream)
    if (environment !== null) placed.app.environments.push(environment)
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** The repository's own name, as an app's name has to be. */
function defaultName({ source, document, problems }: Reading): string | null {
  const name = repositoryName(source)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (NAME_PATTERN.test(name) && name !== STATE) return name
  const message = `The name of the repository ${source.path} cannot be the name of an app.`
  problems.push(
    problemAt(
      document.file,
      document.valueAt([]),
      'missing',
      message,
      'Write "apps:" and a short name for the app below it.',
    ),
  )
  return null
}

function complainAboutName(reading: Reading, what: 'app' | 'environment', name: string, path: Path): void {
  if (what === 'environment' && (name === PREVIEWS || name === FORMER_PREVIEWS))
    complain(
      reading,
      path,
      'invalid-value',
      `No environment may be named "${name}".`,
      'Give it another name; previews have a key of their own at the level of "environments".',
    )
  else if (what === 'app' && name === STATE)
    complain(
      reading,
      path,
      'invalid-value',
      `No app may be named "${STATE}".`,
      `Give it another name; Supercargo keeps what people have told it on the branch ${STATE_BRANCH}.`,
    )
  else if (!NAME_PATTERN.test(name))
    complain(
      reading,
      path,
      'invalid-value',
      `"${name}" cannot be the name of an ${what}.`,
      'Use small letters, digits and dashes, with a letter or digit at both ends, 63 characters at most.',
    )
}
