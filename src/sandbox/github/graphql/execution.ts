import type { Oid } from '../../../domain/commit.ts'
import { requireAccess } from '../../model/access.ts'
import type { Model } from '../../model/model.ts'
import type { Actor, PermissionLevel, Repository } from '../../model/types.ts'
import type { View } from './fields.ts'

/** Views that others link back to: GitHub's types form a graph, the files of this folder do not. */
export interface Links {
  repository(repository: Repository): View
  /** A git object by its id; null when there is none. */
  object(repository: Repository, oid: Oid): Promise<View | null>
  /** The field that lists pull requests, of one head branch or all. */
  pullList(repository: Repository, head?: string): unknown
  /** The field that lists the pull requests that brought a commit. */
  pullsOfCommit(repository: Repository, oid: Oid): unknown
}

/** What the views of one execution share. */
export interface Execution {
  readonly model: Model
  readonly actor: Actor
  readonly links: Links
  /** Bytes of a blob, read once per execution. */
  blob(repository: Repository, oid: Oid): Promise<Buffer | null>
  /** Throws a refusal unless the actor has the permission. */
  allow(repository: Repository, permission: string, level?: PermissionLevel): void
}

/** @param link makes the links once the execution is there */
export function createExecution(
  model: Model,
  actor: Actor,
  link: (execution: Execution) => Links,
): Execution {
  const blobs = new Map<string, Promise<Buffer | null>>()
  const execution: Execution = {
    model,
    actor,
    get links() {
      return link(execution)
    },
    blob: (repository, oid) => {
      const key = `${repository.id} ${oid}`
      const known = blobs.get(key) ?? model.git(repository).blob(oid)
      blobs.set(key, known)
      return known
    },
    allow: (repository, permission, level = 'read') =>
      requireAccess(model, actor, repository, [permission, level]),
  }
  return execution
}
