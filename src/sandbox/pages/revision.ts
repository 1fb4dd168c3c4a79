import type { Oid } from '../../domain/commit.ts'
import { resolveCommit } from '../git/walk.ts'
import type { Model } from '../model/model.ts'
import { Refusal } from '../model/refusal.ts'
import type { Repository } from '../model/types.ts'

export interface Revision {
  /** As it was named: a branch, a tag or an id. */
  name: string
  oid: Oid
  /** What follows in the path. */
  path: string
}

/**
 * Splits `feature/x/dir/file` into the longest branch or tag that exists and the path behind it; else the
 * first part is an object id. @throws Refusal `not-found`
 */
export async function splitRevision(model: Model, repository: Repository, text: string): Promise<Revision> {
  const git = model.git(repository)
  const refs = await git.refs()
  const parts = text.split('/').filter((part) => part !== '')
  for (let length = parts.length; length > 0; length -= 1) {
    const name = parts.slice(0, length).join('/')
    const ref = refs.get(`refs/heads/${name}`) ?? refs.get(`refs/tags/${name}`)
    if (ref !== undefined) return { name, oid: ref.commit, path: parts.slice(length).join('/') }
  }
  const [name = '', ...path] = parts
  const oid = /^[0-9a-f]{4,40}$/.test(name) ? await resolveCommit(git, name) : null
  if (oid === null) throw new Refusal('not-found', `There is no branch, tag or commit ${text}.`)
  return { name, oid, path: path.join('/') }
}
