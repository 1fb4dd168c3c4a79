import { blobOid } from '../../src/domain/blob.ts'
import type { BranchState, ManifestSnapshot } from '../../src/forge/forge.ts'
import type { Action } from '../../src/plan/action.ts'
import { branchState, changeRequest, file, oid } from './world.ts'

/** The snapshot as a forge would show it after the action that opens or updates a change request. */
export function afterWriting(snapshot: ManifestSnapshot, action: Action | undefined): ManifestSnapshot {
  if (action?.kind !== 'open-change-request' && action?.kind !== 'update-change-request') {
    throw new Error(`Expected a change request to be written, not ${action?.kind}.`)
  }
  const { branch, title, baseOid, commit } = action.wish
  const { body } = (action.kind === 'open-change-request' ? action.asks : undefined) ?? action.wish
  const changed = new Map(commit.changes.map(({ path, content }) => [path, content]))
  const kept = snapshot.tree
    .filter(({ path }) => !changed.has(path))
    .map(({ path, oid: id }) => ({ path, oid: id }))
  const written = [...changed].flatMap(([path, content]) =>
    content === null ? [] : [{ path, oid: blobOid(content, oid(0)) }],
  )
  const state: BranchState = branchState({
    branch: { head: oid('c0de'), parents: [baseOid], ours: true, tree: [...kept, ...written] },
    open: changeRequest({ title, body }),
  })
  return { ...snapshot, changeRequests: { ...snapshot.changeRequests, [branch]: state } }
}

/** The snapshot after a person has merged the open change request of that branch. */
export function afterMerging(snapshot: ManifestSnapshot, action: Action | undefined): ManifestSnapshot {
  const written = afterWriting(snapshot, action)
  if (action?.kind !== 'open-change-request') throw new Error('Expected an opened change request.')
  const { branch, commit } = action.wish
  const merged = new Map(commit.changes.map(({ path, content }) => [path, content]))
  const tree = snapshot.tree.map((each) => {
    const content = merged.get(each.path)
    return typeof content === 'string' ? file(each.path, content) : each
  })
  const state = branchState({ merged: written.changeRequests[branch]?.open ?? null })
  return { ...snapshot, base: oid('ba5e2'), tree, changeRequests: { [branch]: state } }
}
