import { blobOid } from '../../src/domain/blob.ts'
import type { BranchState, ChangeRequest, FileChange, ManifestSnapshot } from '../../src/forge/forge.ts'
import type { Action } from '../../src/plan/action.ts'
import type { World } from '../../src/plan/world.ts'
import { branchState, changeRequest, oid } from './world.ts'

/** Numbers commits and change requests. */
let made = 0

/**
 * A model of a forge, for properties of plans: what the world is after an action was carried out. Compare-and-swap
 * is checked: a plan whose own actions race each other throws.
 */
export function applyAction(world: World, action: Action): World {
  const manifests = world.manifests.map((each) =>
    each.snapshot !== null && each.snapshot.repository.path === action.repository.path
      ? { ...each, snapshot: onSnapshot(each.snapshot, action) }
      : each,
  )
  return { ...world, manifests }
}

function onSnapshot(snapshot: ManifestSnapshot, action: Action): ManifestSnapshot {
  switch (action.kind) {
    case 'open-change-request': {
      const { branch, base, leftover, commit, title, body } = action.wish
      const state = stateOf(snapshot, branch)
      if (base !== snapshot.branch || state.open !== null || (state.branch?.head ?? null) !== leftover) {
        throw new Error(`${branch} cannot be opened.`)
      }
      const { head, state: written } = committed(snapshot, state, commit.changes)
      return withState(snapshot, branch, {
        ...written,
        open: changeRequest({ number: ++made, title, body, head }),
      })
    }
    case 'update-change-request': {
      const { branch, expectedHead, commit, title, body, base } = action.wish
      const state = stateOf(snapshot, branch)
      if (state.open === null || state.branch?.head !== expectedHead) throw new Error(`${branch} moved.`)
      const { head, state: written } = committed(snapshot, state, commit.changes)
      const open: ChangeRequest = { ...state.open, title, body, head, base: base ?? state.open.base }
      return withState(snapshot, branch, { ...written, open: { ...open, mergeability: 'clean' } })
    }
    case 'ask-reviewers':
    case 'describe-change-request': {
      const [branch, state] = byNumber(snapshot, action.number)
      const open = state.open && { ...state.open, title: action.title, body: action.body }
      return withState(snapshot, branch, { ...state, open })
    }
    case 'close-change-request': {
      const { number, body, expectedHead } = action.wish
      const [branch, state] = byNumber(snapshot, number)
      const left = state.branch?.head === expectedHead ? null : state.branch
      const closed = state.open && { ...state.open, body }
      return withState(snapshot, branch, { ...state, branch: left, open: null, closed })
    }
    case 'merge-change-request': {
      const [branch, state] = byNumber(snapshot, action.wish.number)
      if (state.open?.head !== action.wish.expectedHead) throw new Error(`${branch} moved.`)
      const merged = { ...snapshot, tree: mergedTree(snapshot, action), base: oid(`ba5e${++made}`) }
      return withState(merged, branch, { branch: null, open: null, closed: null, merged: state.open })
    }
    case 'commit': {
      const { branch, expectedHead, changes, message } = action.wish
      if (branch !== snapshot.branch || expectedHead !== snapshot.base) throw new Error(`${branch} moved.`)
      const base = oid(`ba5e${++made}`)
      const history = Object.fromEntries(
        Object.entries(snapshot.history).map(([path, commits]) =>
          changes.some((change) => change.path.startsWith(path))
            ? [path, [{ oid: base, ours: true, message }, ...commits]]
            : [path, commits],
        ),
      )
      return { ...snapshot, base, history, tree: changedTree(snapshot, changes) }
    }
    case 'delete-branch': {
      const state = stateOf(snapshot, action.branch)
      if (state.branch?.head !== action.expectedHead) throw new Error(`${action.branch} moved.`)
      return withState(snapshot, action.branch, { ...state, branch: null })
    }
    default:
      return snapshot
  }
}

/** Contents of branches, so that they can be merged. */
const contents = new Map<string, FileChange[]>()

function committed(snapshot: ManifestSnapshot, state: BranchState, changes: FileChange[]) {
  const head = oid(`c0de${++made}`)
  contents.set(head, changes)
  const tree = changedTree(snapshot, changes).map(({ path, oid: blob }) => ({ path, oid: blob }))
  return { head, state: { ...state, branch: { head, parents: [snapshot.base], ours: true, tree } } }
}

function mergedTree(snapshot: ManifestSnapshot, action: Action & { kind: 'merge-change-request' }) {
  return changedTree(snapshot, contents.get(action.wish.expectedHead) ?? [])
}

function changedTree(snapshot: ManifestSnapshot, changes: readonly FileChange[]): ManifestSnapshot['tree'] {
  const paths = new Set(changes.map(({ path }) => path))
  const written = changes.flatMap(({ path, content }) =>
    content === null ? [] : [{ path, text: content, oid: blobOid(content, oid(0)), mode: '100644' }],
  )
  return [...snapshot.tree.filter(({ path }) => !paths.has(path)), ...written]
}

function stateOf(snapshot: ManifestSnapshot, branch: string): BranchState {
  return snapshot.changeRequests[branch] ?? branchState()
}

function byNumber(snapshot: ManifestSnapshot, number: number): [string, BranchState] {
  const found = Object.entries(snapshot.changeRequests).find(([, { open }]) => open?.number === number)
  if (found === undefined) throw new Error(`There is no open change request ${number}.`)
  return found
}

function withState(snapshot: ManifestSnapshot, branch: string, state: BranchState): ManifestSnapshot {
  return { ...snapshot, changeRequests: { ...snapshot.changeRequests, [branch]: state } }
}
