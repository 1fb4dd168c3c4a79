import { describe } from 'node:test'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { type Deviations, GITHUB, GITLAB } from '../contract/deviations.ts'
import { ownersAreShared, SUITE_DEVIATIONS, type SuiteDeviations } from '../contract/suite-deviations.ts'
import { type AcmeChange, CONFIG, makeAcme, POLICY } from './acme.ts'
import { githubSide, gitlabSide, type RequestView, type Side } from './across.ts'
import { botOn, type TestBot } from './bot.ts'
import type { GitClone } from './git-clone.ts'
import type { MergeMethod } from './people.ts'
import { commitFiles, headOf } from './sandbox.ts'

export const SOURCE = 'acme/web'
export const MANIFESTS = 'acme/k8s-manifests'

type Files = Record<string, string | null>

/** Where applications and manifests are. */
export interface Pair {
  name: string
  source: 'github' | 'gitlab'
  target: 'github' | 'gitlab'
}

/** Everything on one forge, and the applications on another one than the manifests. */
export const PAIRS: readonly Pair[] = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
  { name: 'GitHub → GitLab', source: 'github', target: 'gitlab' },
  { name: 'GitLab → GitHub', source: 'gitlab', target: 'github' },
]

/** An application, its manifests, the engine on both, and a person's clone of the application. */
export interface Stage {
  source: Side
  target: Side
  deviations: {
    source: SuiteDeviations
    target: SuiteDeviations
    contract: Deviations
    ownersAreShared: boolean
  }
  bot: TestBot
  /** The same for keys on the forge of the manifests. */
  targetBot: TestBot
  web: Repository
  manifests: Repository
  clone: GitClone
  /** Commits on the clone's branch and pushes it; returns the commit. */
  push(message?: string, files?: Files): Promise<string>
  /** The same with another configuration of the application. */
  pushConfig(message: string, config: string): Promise<string>
  /** What the application's CI says of a commit of main, such as `check(commit, 'test', 'passed')`. */
  check(commit: string, name: string, state: 'passed' | 'failed' | 'pending'): Promise<void>
  /** A configuration or policy whose repositories without a forge are given the right one. */
  named(text: string): string
  /** Where the application's forge has the configuration. */
  configFile: string
  /** Pushes a branch with one commit, from the clone's branch or main, and opens a request from it to main. */
  propose(branch: string, files?: Files): Promise<{ number: number; head: string }>
  /** Change requests of the manifest repository, oldest first. */
  changeRequests(): Promise<RequestView[]>
  /** Each one's number and state: `1 open`. */
  states(): Promise<string[]>
  /** Text of a file of the manifest repository. */
  manifest(path: string, revision?: string): Promise<string | null>
  headOf(repository: Repository, branch: string): Promise<string | null>
  /** What a person does in the manifest repository. */
  person: {
    commit(branch: string, files: Files, message?: string): Promise<string>
    /** Makes a branch at main's head. */
    branch(name: string): Promise<void>
    merge(number: number, method?: MergeMethod): Promise<void>
    close(number: number): Promise<void>
  }
}

export type Play = (play: (stage: Stage) => Promise<void>, change?: AcmeChange) => Promise<void>

/** Defines the tests once for each pair; `stage` runs one of them on fresh forges and tears them down. */
export function acrossForges(define: (stage: Play, pair: Pair) => void, pairs = PAIRS): void {
  for (const pair of pairs) {
    describe(pair.name, () => define((play, change = {}) => playOn(pair, play, change), pair))
  }
}

async function playOn(pair: Pair, play: (stage: Stage) => Promise<void>, change: AcmeChange): Promise<void> {
  const source = await start(pair.source)
  const target = pair.source === pair.target ? source : await start(pair.target)
  try {
    await play(await setUp(pair, source, target, change))
  } finally {
    for (const side of new Set([source, target])) await side.stop()
  }
}

function start(forge: Pair['source']): Promise<Side> {
  return forge === 'github' ? githubSide() : gitlabSide()
}

async function setUp(pair: Pair, source: Side, target: Side, change: AcmeChange): Promise<Stage> {
  const named = (text: string) =>
    source === target
      ? text
      : text
          .replaceAll('manifests: acme/', `manifests: ${target.id}:acme/`)
          .replaceAll('from: acme/', `from: ${source.id}:acme/`)
  const place = ({ inside, repository }: Side) => ({ model: inside.model, repository })
  const directory = `.${source.id}`
  const { config = CONFIG, policy = POLICY, ...rest } = change
  const files = { ...rest, config: named(config), policy: policy === null ? null : named(policy) }
  const { web, manifests } = await makeAcme(place(source), files, directory, place(target))
  const clone = await source.clone(SOURCE)
  const push: Stage['push'] = async (message = 'A change', changes = { 'app.txt': message }) => {
    const oid = await clone.commit(changes, message)
    await clone.push()
    return oid
  }
  const configFile = `${directory}/supercargo.yml`
  const commit = (branch: string, changes: Files, message?: string) =>
    commitFiles(target.inside, manifests, branch, changes, message)
  return {
    source,
    target,
    deviations: {
      source: SUITE_DEVIATIONS[pair.source],
      target: SUITE_DEVIATIONS[pair.target],
      ownersAreShared: ownersAreShared(pair.source, pair.target),
      contract: pair.target === 'github' ? GITHUB : GITLAB,
    },
    bot: botOn(source.forge, target.forge),
    targetBot: botOn(target.forge, source.forge),
    web,
    manifests,
    clone,
    push,
    check: (commit, name, state) => source.check(SOURCE, commit, name, state),
    named,
    configFile,
    pushConfig: (message, text) => push(message, { [configFile]: named(text) }),
    propose: async (branch, changes = { [`${branch.replaceAll('/', '-')}.txt`]: '1' }) => {
      await clone.git('switch', '--quiet', '-c', branch, 'origin/main')
      const head = await push(`Work on ${branch}`, changes)
      return { number: await source.open(SOURCE, branch, branch), head }
    },
    changeRequests: () => target.requests(MANIFESTS),
    states: async () => (await target.requests(MANIFESTS)).map(({ number, state }) => `${number} ${state}`),
    manifest: (path, revision = 'main') => target.text(manifests, revision, path),
    headOf: (repository, branch) =>
      headOf((repository === manifests ? target : source).inside, repository, branch),
    person: {
      commit,
      branch: async (name) => {
        const mine = await target.clone(MANIFESTS)
        await mine.push('origin', `origin/main:refs/heads/${name}`)
      },
      merge: (number, method) => target.merge(MANIFESTS, number, method),
      close: (number) => target.closeRequest(MANIFESTS, number),
    },
  }
}

/** Passes until the engine has nothing to do and waits for nothing; a forge may first have to decide what can be merged. */
export async function settle({ bot }: Stage): Promise<void> {
  for (let round = 0; round < 6; round++) {
    const { applied, lookAgain } = await bot.pass(SOURCE)
    if (applied.length === 0 && lookAgain === null) return
  }
  throw new Error('The bot never comes to rest.')
}
