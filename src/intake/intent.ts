import { commentHash } from '../command/comment-hash.ts'
import { type CommentRules, readComment } from '../command/read-comment.ts'
import { type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { DeliveryMeaning, LabelWish } from '../store/store.ts'
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

/** Labels that somebody has just given to a pull request. */
export interface Given {
  number: number
  /** Null: no person. */
  login: string | null
  labels: string[]
  /** Of the pull request then. */
  head: string
  fork: boolean
}

const LABEL = /^[^\p{Cc}]{1,255}$/u
const MOST_LABELS = 50
const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/**
 * What a person may mean by labels for the pull request of a fork, with the commit that the forge showed then; whether
 * one of them approves it is found out later. Without all that is needed there is none.
 */
export function approving(
  repository: RepositoryId,
  { number, login, labels, head, fork }: Given,
  delivery: string,
): LabelWish[] {
  const named = labels.filter((label) => LABEL.test(label)).slice(0, MOST_LABELS)
  if (!fork || login === null || !OID.test(head) || named.length === 0) return []
  const place = { repository: repositoryKey(repository), number, login: plain(login) }
  return [{ ...place, comment: null, labels: named, head, delivery }]
}
