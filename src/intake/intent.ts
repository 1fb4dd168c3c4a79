import { commentHash } from '../command/comment-hash.ts'
import { type CommentRules, readComment } from '../command/read-comment.ts'
import { type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { DeliveryMeaning } from '../store/store.ts'
import { plain } from './tell.ts'

/** A comment that a person has just written. */
export interface Written {
  /** Of the pull request. */
  number: number
  comment: number
  login: string
  text: string
}

/**
 * The intent of a comment; null for one that says nothing to Supercargo.
 * @param where `pull request 12`
 */
export function wished(
  repository: RepositoryId,
  { number, comment, login, text }: Written,
  rules: CommentRules,
  where: string,
): DeliveryMeaning | null {
  if (readComment(text, rules).kind === 'nothing') return null
  return {
    keys: [],
    intents: [
      {
        repository: repositoryKey(repository),
        number,
        comment,
        login: plain(login),
        hash: commentHash(text),
      },
    ],
    outcome: `Reads the commands of ${plain(login)} on ${where} of ${repository.path}.`,
  }
}
