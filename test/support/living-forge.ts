import { SupercargoError } from '../../src/domain/errors.ts'
import { isUnder } from '../../src/domain/path.ts'
import { GITHUB_WORDS } from '../../src/domain/vocabulary.ts'
import type { FileEdit } from '../../src/edit/editor.ts'
import type { Access } from '../../src/forge/feedback.ts'
import type {
  Comment,
  Comparison,
  Forge,
  HistoryCommit,
  ManifestFile,
  ManifestSnapshot,
  PathCommit,
  RepositorySnapshot,
  SourcePullRequest,
} from '../../src/forge/forge.ts'
import type { Action } from '../../src/plan/action.ts'
import { COMMENT_MARKER } from '../../src/plan/explain/comment.ts'
import type { World } from '../../src/plan/world.ts'
import { applyAction } from './apply-plan.ts'
import { branchState, commit, MANIFESTS, manifests, offers, oid, world } from './world.ts'

/** What is in it at first. */
export interface Beginning {
  config: string
  policy: string
  tree: ManifestFile[]
  /** What people may do in both repositories, by their login. */
  access: Record<string, Access>
}

/** A comment of a person. */
interface Spoken {
  login: string
  text: string
}

/**
 * A forge of plain data that keeps what is written into it, for stories of which there are more than a forge with Git
 * could be told: an application with a linear `main`, its manifests, and the bot's state branch. Writes are by
 * compare-and-swap, as on a real one.
 */
export class LivingForge {
  /** Commits of `main`, newest first. */
  main: HistoryCommit[] = []
  readonly pulls = new Map<number, SourcePullRequest>()
  readonly comments: Spoken[] = []
  /** Listings hold no pull requests, although the forge knows each of them. */
  blind = false
  /** Of the state branch, newest first. */
  readonly messages: string[] = []
  stateFiles: Record<string, string> = {}
  readonly forge: Forge
  readonly #beginning: Beginning
  readonly #answers = new Map<number, Comment>()
  readonly #log: (PathCommit & { tree: ManifestFile[] })[] = []
  #report: RepositorySnapshot['report'] = null
  #snapshot: ManifestSnapshot
  #made = 0

  constructor(beginning: Beginning) {
    this.#beginning = beginning
    const files = { '.supercargo/policy.yml': beginning.policy }
    this.#snapshot = manifests('x', { tree: beginning.tree, files, base: oid(`ba5e${'0'.repeat(30)}`) })
    this.#note('The first commit', false)
    this.forge = this.#port()
  }

  /** Files of the manifests. */
  get tree(): readonly ManifestFile[] {
    return this.#snapshot.tree
  }

  /** The number of the open change request from a branch. */
  requestFrom(branch: string): number | null {
    return this.#snapshot.changeRequests[branch]?.open?.number ?? null
  }

  /** Commits to `main`; returns the commit. */
  push(): string {
    const digits = `c${(++this.#made).toString(16).padStart(6, '0')}`
    this.main.unshift(commit(digits, this.main[0] === undefined ? [] : [this.main[0].oid]))
    return oid(digits)
  }

  /** A new head of a pull request. */
  head(): string {
    return oid(`d${(++this.#made).toString(16).padStart(6, '0')}`)
  }

  /** Writes a comment; returns its number. */
  say(login: string, text: string): number {
    return this.comments.push({ login, text })
  }

  /** What a person does to the manifests: a commit, or the merge or end of a change request. */
  person(what: { put: string; text: string } | { merge: number } | { close: number }): void {
    if ('put' in what) {
      const changes = [{ path: what.put, content: what.text }]
      const wish = { branch: 'main', expectedHead: this.#snapshot.base, message: 'By hand', changes }
      this.#act({ kind: 'commit', wish, edits: [] }, 'By hand', false)
      return
    }
    const number = 'merge' in what ? what.merge : what.close
    const open = Object.values(this.#snapshot.changeRequests).find(
      (each) => each.open?.number === number,
    )?.open
    if (open == null) return
    if ('merge' in what) {
      const wish = { branch: '', number, expectedHead: open.head }
      this.#act({ kind: 'merge-change-request', wish }, `Merge ${number}`, false)
    } else {
      const wish = { branch: '', number, expectedHead: open.head, body: open.body }
      this.#act({ kind: 'close-change-request', wish }, null, false)
    }
  }

  #act(action: Doing, message: string | null, ours: boolean): void {
    const whole: Action = {
      repository: MANIFESTS,
      target: null,
      reason: { code: 'x', message: '' },
      ...action,
    }
    const before: World = world({ offers: offers(), snapshot: this.#snapshot })
    let after: ManifestSnapshot | null | undefined
    try {
      after = applyAction(before, whole).manifests[0]?.snapshot
    } catch (cause) {
      throw new SupercargoError('Somebody was first.', { code: 'moved', kind: 'conflict', cause })
    }
    const moved = after?.base !== this.#snapshot.base
    this.#snapshot = after ?? this.#snapshot
    if (moved && message !== null) this.#note(message, ours)
  }

  #note(message: string, ours: boolean): void {
    const { base, tree } = this.#snapshot
    this.#log.unshift({ oid: base, message, ours, tree })
  }

  #historyOf(path: string): PathCommit[] {
    const at = (tree: ManifestFile[]) =>
      JSON.stringify(tree.filter((each) => isUnder(each.path, path)).map((each) => [each.path, each.oid]))
    return this.#log.filter(({ tree }, index) => at(tree) !== at(this.#log[index + 1]?.tree ?? []))
  }

  #compare(base: string, head: string): Comparison {
    const [from, to] = [base, head].map((each) =>
      this.main.findIndex(({ oid: own }) => own.startsWith(each)),
    ) as [number, number]
    const url = 'https://forge.example/compare'
    if (from < 0 || to < 0) return { status: 'unknown', commits: [], total: 0, url }
    const commits = this.main.slice(to, from).toReversed()
    const status = from === to ? 'identical' : from > to ? 'ahead' : 'behind'
    return { status, commits, total: commits.length, url }
  }

  #port(): Forge {
    const { source } = world({ offers: offers(), snapshot: this.#snapshot })
    const { config, access } = this.#beginning
    const listed = (open: boolean) =>
      [...this.pulls.values()].flatMap((each) =>
        (each.state === 'open') === open && !this.blind
          ? [{ ...each, comment: this.#answers.get(each.number) ?? null }]
          : [],
      )
    const answers: Partial<Forge> = {
      id: 'github',
      words: GITHUB_WORDS,
      readRepository: async () => ({
        ...source,
        head: this.main[0]?.oid ?? null,
        files: { '.github/supercargo.yml': config },
        report: this.#report,
      }),
      readSource: async () => ({
        ...offers({ branches: { main: { head: this.main[0]?.oid ?? '', commits: this.main } } }),
        pullRequests: { complete: true, items: listed(true) },
        closedPullRequests: listed(false),
      }),
      readPullRequestStates: async (_, numbers) =>
        Object.fromEntries(numbers.map((each) => [each, this.pulls.get(each)?.state ?? null])),
      compareCommits: async (_, base, head) => this.#compare(base, head),
      readManifests: async (_, query) => {
        const { changeRequests, ...snapshot } = this.#snapshot
        const asked = query.directories.filter(({ history }) => history > 0)
        return {
          ...snapshot,
          changeRequests: Object.fromEntries(
            query.changeRequestBranches.map((each) => [each, changeRequests[each] ?? branchState()]),
          ),
          branches: Object.keys(changeRequests).filter((each) => changeRequests[each]?.branch != null),
          history: Object.fromEntries(asked.map(({ path }) => [path, this.#historyOf(path)])),
          ...(query.state === undefined ? {} : { state: this.#state() }),
        }
      },
      readTree: async (_, at) => ({
        complete: true,
        tree: this.#log.find((each) => each.oid === at)?.tree ?? [],
      }),
      readComment: async (_, __, id) => {
        const found = this.comments[id - 1]
        return found === undefined
          ? null
          : { ...found, person: true, url: `https://forge.example/comment/${id}` }
      },
      readAccess: async (_, login) => access[login] ?? 'none',
      ensureReaction: async () => {},
      findComment: async () => null,
      writeComment: async (_, { number, body, marker }) => {
        if (marker === COMMENT_MARKER) this.#answers.set(number, { id: String(number), body })
      },
      writeReport: async (_, { id: _id, commit: _commit, ...report }) => {
        this.#report = { id: 'report', ...report }
      },
      ensureDeployment: async () => {},
      endDeployment: async () => {},
      writeStatus: async () => {},
      openChangeRequest: async (_, wish) => {
        this.#act({ kind: 'open-change-request', wish, edits: NONE, merge: 'review' }, null, true)
        const { number, url } = this.#snapshot.changeRequests[wish.branch]?.open ?? { number: 0, url: '' }
        return { number, url }
      },
      updateChangeRequest: async (_, wish) =>
        this.#act({ kind: 'update-change-request', wish, edits: NONE, merge: 'review' }, null, true),
      describeChangeRequest: async (_, number, text) =>
        this.#act({ kind: 'describe-change-request', number, ...text }, null, true),
      closeChangeRequest: async (_, wish) => this.#act({ kind: 'close-change-request', wish }, null, true),
      mergeChangeRequest: async (_, wish) => {
        this.#act({ kind: 'merge-change-request', wish }, `Merge ${wish.number}`, false)
        return { merged: true, commit: this.#snapshot.base }
      },
      commit: async (_, wish) => {
        this.#act({ kind: 'commit', wish, edits: NONE }, wish.message, true)
        return this.#snapshot.base
      },
      deleteBranch: async (_, branch, expectedHead) =>
        this.#act({ kind: 'delete-branch', branch, expectedHead }, null, true),
      writeState: async (_, { expectedHead, message, changes }) => {
        if (expectedHead !== this.#state().head)
          throw new SupercargoError('Somebody was first.', { code: 'moved', kind: 'conflict' })
        const files = { ...this.stateFiles }
        for (const { path, content } of changes) {
          if (content === null) delete files[path]
          else files[path] = content
        }
        if (
          JSON.stringify(Object.entries(files).sort()) ===
          JSON.stringify(Object.entries(this.stateFiles).sort())
        )
          return
        this.stateFiles = files
        this.messages.unshift(message)
      },
    }
    return answers as Forge
  }

  #state() {
    const { length } = this.messages
    const head = length === 0 ? null : oid(`57a7e${length.toString(16).padStart(10, '0')}`)
    return { head, files: this.stateFiles, messages: this.messages.slice(0, 100), trusted: true }
  }
}

const NONE: FileEdit[] = []
type Doing = Action extends infer A
  ? A extends Action
    ? Omit<A, 'repository' | 'target' | 'reason'>
    : never
  : never
