import type { HtmlEscapedString } from 'hono/utils/html'
import { findRepository } from '../model/access.ts'
import type { Model } from '../model/model.ts'
import { Refusal } from '../model/refusal.ts'
import type { IssueComment, KnownActor, Repository } from '../model/types.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString> | string

/** What every page gets. */
export interface PageContext {
  model: Model
  /** The person in front of the pages: `you`. */
  you: KnownActor
  /** Must come back with every form. */
  csrf: string
  comment: WriteComment
}

/**
 * Writes a comment as the forge's API does: on GitLab its quick actions are done, and it is null when nothing is
 * left of it. @throws Refusal
 */
export type WriteComment = (
  repository: Repository,
  actor: KnownActor,
  number: number,
  body: string,
) => Promise<IssueComment | null> | IssueComment | null

/** The repository of a path. @throws Refusal `not-found` */
export function pageRepository({ model }: PageContext, owner: string, name: string): Repository {
  const repository = findRepository(model, owner, name)
  if (repository === null) throw new Refusal('not-found', `There is no repository ${owner}/${name}.`)
  return repository
}

/** Path of a repository's page, from the server's root; each part is escaped. */
export function pathTo(model: Model, repository: Pick<Repository, 'owner' | 'name'>, path = ''): string {
  const encoded = model.flavour
    .page(path)
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%3A', ':').replaceAll('%40', '@'))
    .join('/')
  return new URL(model.urls.repository(repository)).pathname + encoded
}
