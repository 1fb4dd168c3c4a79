import type { Engine } from '../../compose.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { parseRepository } from '../../domain/repository.ts'
import { mostAtOnce } from '../../plan/previews/removal.ts'
import { Command } from '../commander.ts'
import { table } from '../table.ts'
import { EXIT_CODES, json, type Terminal } from '../terminal.ts'
import type { Cluster } from './cluster.ts'
import { type Found, judge, type KnownSource, PREVIEW_LABEL, type PreviewNamespace } from './namespaces.ts'

interface Options {
  kubeconfig: string
  context?: string
  label: string
  delete?: true
  confirmRemovals?: true
  json?: true
  verbose?: true
}

/** A namespace, and what has become of it. */
type Outcome = Pick<Found, 'namespace' | 'reason'> & {
  state: Found['state'] | 'deleted' | 'kept' | 'failed'
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_KEY =
  /^(?=.{1,317}$)(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/

/** `supercargo previews orphans`: namespaces that Git knows nothing of. Ends with 0, 1 (there are some) or 2. */
export function previewsCommand(
  terminal: Terminal,
  engine: (verbose: boolean) => Engine,
  end: (code: number) => void,
): Command {
  const orphans = new Command('orphans')
    .summary('list or delete namespaces of previews that Git does not hold')
    .description(
      'Lists the namespaces of a cluster that say by label and annotation that they are previews of these application repositories, and that have no preview in Git. Changes nothing without --delete. Takes GITHUB_TOKEN and GITHUB_API_URL, GITLAB_TOKEN and GITLAB_URL from the environment. Ends with 0 when there are none (any more), 1 when some are left, or nobody can tell of one, 2 when Git or the cluster could not be read, or too many would be deleted; then nothing is.',
    )
    .argument('<repository...>', 'application repositories, such as acme/web or gitlab:acme/platform/web')
    .requiredOption('--kubeconfig <file>', 'how to reach the cluster')
    .option('--context <name>', 'a context of the kubeconfig; the current one when nothing is said')
    .option('--label <key>', 'the label of previews', PREVIEW_LABEL)
    .option('--delete', 'delete them')
    .option('--confirm-removals', 'delete all of them, also more than maxRemovals of an app at once')
    .option('--json', 'print the result for a program')
    .option('--verbose', 'print every request to the standard error')
    .action(async (repositories: string[], options: Options) => {
      end(await run(terminal, engine(options.verbose === true), repositories, options))
    })
  return new Command('previews').summary('look after previews in a cluster').addCommand(orphans)
}

async function run(
  terminal: Terminal,
  engine: Engine,
  repositories: readonly string[],
  options: Options,
): Promise<number> {
  const { kubeconfig, context = null, label } = options
  if (!LABEL_KEY.test(label)) {
    throw unusable(
      'label-invalid',
      `"${label}" is not the key of a label.`,
      `Write one such as ${PREVIEW_LABEL}.`,
    )
  }
  // not before it is needed: it is large, and nothing else uses it
  const { openCluster } = await import('./cluster.ts')
  const cluster = openCluster(kubeconfig, context)
  const { found, others } = judge(await cluster.list(label), await readGit(engine, repositories))
  const orphans = found.filter(({ state }) => state === 'orphan')
  let outcomes: Outcome[] = found
  if (options.delete && orphans.length > 0) {
    checkLimits(found, orphans, options)
    const again = judge(
      orphans.map(({ namespace }) => namespace),
      await readGit(engine, repositories),
    )
    const removed = await removeAll(cluster, orphans, again.found)
    outcomes = found.map((each) => removed.get(each.namespace) ?? each)
  }
  print(terminal, outcomes, others, options)
  const left = outcomes.some(({ state }) => state !== 'terminating' && state !== 'deleted')
  return left ? EXIT_CODES.problems : EXIT_CODES.ok
}

/** What Git holds of all of them, or it throws. */
async function readGit(engine: Engine, repositories: readonly string[]): Promise<KnownSource[]> {
  const wanted = repositories.map((text) => parseRepository(text, engine.home))
  return await Promise.all(
    wanted.map(async (asked) => {
      const { repository, apps } = await engine.previews(asked)
      return { names: [asked, repository], apps }
    }),
  )
}

/** Many at once are more likely a mistake than that many orphans. */
function checkLimits(found: readonly Found[], orphans: readonly Found[], { confirmRemovals }: Options): void {
  if (confirmRemovals) return
  for (const { app } of orphans) {
    if (app === null) continue
    const ofApp = (all: readonly Found[]) => all.filter((each) => each.app === app).length
    const count = ofApp(orphans)
    const most = mostAtOnce(app.maxRemovals, app.ids.length + ofApp(found))
    if (count <= most) continue
    throw unusable(
      'too-many-removals',
      `${count} namespaces of ${app.app} would be deleted at once, more than ${most}.`,
      'Run it with --confirm-removals if that is right.',
    )
  }
}

/** One after the other; what fails keeps the others from nothing. */
async function removeAll(
  cluster: Cluster,
  orphans: readonly Found[],
  again: readonly Found[],
): Promise<Map<PreviewNamespace, Outcome>> {
  const outcomes = new Map<PreviewNamespace, Outcome>()
  for (const { namespace } of orphans) {
    const still = again.find((each) => each.namespace === namespace)
    const outcome = await removeOne(cluster, namespace, still)
    outcomes.set(namespace, { namespace, ...outcome })
  }
  return outcomes
}

/** @param still what was found of it right before; undefined: Git holds its preview */
async function removeOne(
  cluster: Cluster,
  namespace: PreviewNamespace,
  still: Found | undefined,
): Promise<Omit<Outcome, 'namespace'>> {
  if (still === undefined) return { state: 'kept', reason: 'Git holds its preview now.' }
  if (still.state !== 'orphan') return { state: 'kept', reason: still.reason }
  try {
    const done = await cluster.remove(namespace)
    if (done !== 'changed') return { state: 'deleted', reason: still.reason }
    return { state: 'kept', reason: 'It has changed since it was listed; run the command again.' }
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    return { state: 'failed', reason: [error.message, error.advice].filter(Boolean).join(' ') }
  }
}

function print(terminal: Terminal, outcomes: readonly Outcome[], others: number, options: Options): void {
  if (options.json) {
    const namespaces = outcomes.map(({ namespace, state, reason }) => {
      const { name, source, app, preview, created } = namespace
      return { name, source, app, preview, created, state, reason }
    })
    terminal.out(json({ namespaces, others }))
    return
  }
  if (outcomes.length > 0) {
    const rows = outcomes.map(({ namespace, state, reason }) => {
      const { name, app, preview, created } = namespace
      return [name, app ?? '–', preview, created ?? '–', state, reason]
    })
    terminal.out(table(['NAMESPACE', 'APP', 'PREVIEW', 'CREATED', 'STATE', 'WHY'], rows, terminal.width))
  }
  if (others > 0) terminal.err(`${others} more with the label belong to other repositories.`)
  const orphans = outcomes.filter(({ state }) => state === 'orphan').length
  if (orphans > 0) terminal.out('\nRun it again with --delete to delete what is an orphan.')
  else if (outcomes.length === 0) terminal.out('Every preview in the cluster is in Git.')
}

function unusable(code: string, message: string, advice: string): SupercargoError {
  return new SupercargoError(message, { code, kind: 'permanent', advice })
}
