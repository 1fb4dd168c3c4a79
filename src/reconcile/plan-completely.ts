import type { SourceConfig } from '../config/model.ts'
import { type ForgeId, type RepositoryId, sameRepository } from '../domain/repository.ts'
import type { Comparison, DirectoryQuery, Forge, ManifestQuery } from '../forge/forge.ts'
import { type Plan, type PlanOptions, plan } from '../plan/plan.ts'
import { PROOF_COMMITS } from '../plan/previews/proof.ts'
import { manifestQueries } from '../plan/queries.ts'
import { comparisonKey } from '../plan/versions/lineage.ts'
import type { ManifestWorld, World } from '../plan/world.ts'
import { answerQuestions } from './answer-questions.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'

/**
 * More than any plan needs: a walk back through 50 versions asks for twice as many at each step, of each for its tag, image,
 * labels and gates.
 */
const ROUNDS = 40

export interface Planned {
  kind: 'planned'
  world: World
  plan: Plan
}

/** Plans, reads what the plan still needs to know, and plans again. */
export async function planCompletely(
  { forges, registry, prober }: Pick<Dependencies, 'forges' | 'registry' | 'prober'>,
  world: World,
  options: PlanOptions,
): Promise<Planned> {
  let result = plan(world, options)
  for (let round = 0; round < ROUNDS && isIncomplete(result); round++) {
    const { repository } = world.source
    const [comparisons, manifests, answers] = await Promise.all([
      readComparisons(forges, world, result),
      Promise.all(world.manifests.map((each) => readMore(forges, world.config, each, result))),
      answerQuestions({ forges, registry, prober }, repository, result.questions),
    ])
    world = {
      ...world,
      comparisons: { ...world.comparisons, ...comparisons },
      manifests,
      answers: { ...world.answers, ...answers },
    }
    result = plan(world, options)
  }
  return { kind: 'planned', world, plan: result }
}

function isIncomplete({ comparisonsNeeded, historiesNeeded, branchesNeeded, questions }: Plan): boolean {
  return [comparisonsNeeded, historiesNeeded, branchesNeeded, questions].some(({ length }) => length > 0)
}

async function readComparisons(
  forges: ReadonlyMap<ForgeId, Forge>,
  { source }: World,
  { comparisonsNeeded }: Plan,
): Promise<Record<string, Comparison>> {
  const forge = forgeOf(forges, source.repository)
  const entries = comparisonsNeeded.map(
    async ({ base, head }) =>
      [comparisonKey(base, head), await forge.compareCommits(source.repository, base, head)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

/** A branch that moved in between is read anew by the next pass: the writes are pinned to what was read first. */
async function readMore(
  forges: ReadonlyMap<ForgeId, Forge>,
  config: SourceConfig,
  manifests: ManifestWorld,
  { historiesNeeded, branchesNeeded }: Plan,
): Promise<ManifestWorld> {
  const isHere = (repository: RepositoryId, branch: string | null) =>
    sameRepository(repository, manifests.repository) && branch === manifests.branch
  const paths = historiesNeeded
    .filter(({ repository, branch }) => isHere(repository, branch))
    .flatMap((each) => each.paths)
  const branches = branchesNeeded
    .filter(({ repository, base }) => isHere(repository, base))
    .map(({ branch }) => branch)
  if (manifests.snapshot === null || paths.length + branches.length === 0) return manifests
  const { snapshot } = manifests
  const all = manifestQueries(config).find(({ repository, query }) => isHere(repository, query.branch))
  const directories = [
    ...paths.map((path) => ({ path, texts: false, history: PROOF_COMMITS })),
    ...(branches.length === 0 ? [] : namesOnly(all?.query)),
  ]
  const query = { branch: manifests.branch, files: [], directories, changeRequestBranches: branches }
  const more = await forgeOf(forges, manifests.repository).readManifests(manifests.repository, query)
  return {
    ...manifests,
    snapshot: {
      ...snapshot,
      history: { ...snapshot.history, ...more.history },
      changeRequests: { ...snapshot.changeRequests, ...more.changeRequests },
    },
  }
}

/** What the branches of change requests are compared with. */
export function namesOnly(query: ManifestQuery | undefined): DirectoryQuery[] {
  return (query?.directories ?? []).map(({ path }) => ({ path, texts: false, history: 0 }))
}
