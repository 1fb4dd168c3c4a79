import type { Forge } from '../../src/forge/forge.ts'
import type { PassResult } from '../../src/reconcile/pass.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { type Deviations, GITHUB, GITLAB } from '../contract/deviations.ts'
import { makeAcme } from '../support/acme.ts'
import { githubSide, gitlabSide, type RequestView, type Side } from '../support/across.ts'
import { botOn, type TestBot } from '../support/bot.ts'
import type { GitClone } from '../support/git-clone.ts'
import { commitFiles, headOf } from '../support/sandbox.ts'

export const SOURCE = 'acme/web'
const MANIFESTS = 'acme/k8s-manifests'

/** A forge to run the races on. */
export interface RaceForge {
  name: string
  start(): Promise<Side>
  deviations: Deviations
}

export const RACE_FORGES: readonly RaceForge[] = [
  { name: 'GitHub', start: githubSide, deviations: GITHUB },
  { name: 'GitLab', start: gitlabSide, deviations: GITLAB },
]

/** An application and its manifests on one forge, the engine on it, and people's clones of both. */
export interface RaceScene {
  side: Side
  bot: TestBot
  web: Repository
  manifests: Repository
  clone: GitClone
  /** The engine once more, which knows nothing of the others. */
  engine(wrap: (forge: Forge) => Forge, send?: typeof fetch): TestBot
  /** Commits on the clone's branch and pushes it; returns the commit. */
  push(message?: string): Promise<string>
  /** Change requests, oldest first. */
  requests(): Promise<RequestView[]>
  /** Text of a file of the manifest repository. */
  manifest(path: string, revision?: string): Promise<string | null>
  headOf(repository: Repository, branch: string): Promise<string | null>
  /** Opens a pull or merge request of the application. */
  propose(branch: string): Promise<void>
  /** What a person does in the manifest repository. */
  person: {
    commit(branch: string, files: Record<string, string>): Promise<string>
    /** Makes, moves or (with an empty `from`) deletes a branch, as the git client does. */
    pushRef(from: string, branch: string): Promise<void>
    merge(number: number): Promise<void>
    close(number: number): Promise<void>
    rename(number: number, title: string): Promise<void>
  }
}

/** Runs `play` on a fresh scene and tears it down, whatever happens. */
export async function raceScene(
  { start }: RaceForge,
  change: { config?: string },
  play: (scene: RaceScene) => Promise<void>,
): Promise<void> {
  const side = await start()
  try {
    const { inside } = side
    const { web, manifests } = await makeAcme({ model: inside.model, repository: side.repository }, change)
    const clone = await side.clone(SOURCE)
    const push = async (message = 'A change') => {
      const oid = await clone.commit({ 'app.txt': message }, message)
      await clone.push()
      return oid
    }
    await play({
      side,
      bot: botOn(side.forge),
      web,
      manifests,
      clone,
      engine: (wrap, send) => botOn(wrap(side.another(send))),
      push,
      requests: () => side.requests(MANIFESTS),
      manifest: (path, revision = 'main') => side.text(manifests, revision, path),
      headOf: (repository, branch) => headOf(inside, repository, branch),
      propose: async (branch) => {
        await clone.git('switch', '--quiet', '-c', branch, 'origin/main')
        await push('A feature')
        await side.open(SOURCE, branch, 'A')
        await clone.git('switch', '--quiet', 'main')
      },
      person: {
        commit: (branch, files) => commitFiles(inside, manifests, branch, files, 'By hand'),
        pushRef: async (from, branch) => {
          const mine = await side.clone(MANIFESTS)
          await mine.push('origin', `${from === '' ? '' : `origin/${from}`}:refs/heads/${branch}`)
        },
        merge: (number) => side.merge(MANIFESTS, number),
        close: (number) => side.closeRequest(MANIFESTS, number),
        rename: (number, title) => side.rename(MANIFESTS, number, title),
      },
    })
  } finally {
    await side.stop()
  }
}

/** Nothing was done, and nothing is waited for. */
export function isAtRest({ applied, lookAgain }: PassResult): boolean {
  return applied.length === 0 && lookAgain === null
}

/** A forge may first have to decide what can be merged. */
export async function passUntil(bot: TestBot, happened: () => boolean): Promise<void> {
  for (let round = 0; round < 3 && !happened(); round++) await bot.pass(SOURCE)
}
