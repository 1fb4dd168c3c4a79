import { z } from 'zod'
import { errorKind } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { NotAsked, ReviewWish } from '../people.ts'
import type { Client } from './client.ts'
import { readMembers } from './membership.ts'
import { findUser } from './people.ts'

/** A group may have thousands of members. */
const MOST_OF_GROUP = 20

const requestSchema = z.object({
  author: z.object({ id: z.number() }),
  reviewers: z.array(z.object({ id: z.number() })).nullish(),
})

/** Somebody who is named, and the ids of those who are asked then. */
interface Named {
  who: string
  ids: number[]
  /** Why there is nobody to ask. */
  why: string
}

/**
 * GitLab asks people alone, and takes the list as a whole: those who are on it stay. Whom it leaves out without a
 * word, for want of access or of a licence for several reviewers, counts as not asked.
 * https://docs.gitlab.com/api/merge_requests/#update-a-merge-request
 */
export async function askReviewers(
  client: Client,
  { path }: RepositoryId,
  iid: number,
  { users, teams }: ReviewWish,
  now: Date,
): Promise<NotAsked[]> {
  const request = requestSchema.parse(await client.rest.mergeRequests.show(path, iid))
  const present = (request.reviewers ?? []).map(({ id }) => id)
  const named = await Promise.all([
    ...users.map((login) => userOf(client, login)),
    ...teams.map((group) => membersOf(client, group, now)),
  ])
  const others = named.map((each) => ({ ...each, ids: each.ids.filter((id) => id !== request.author.id) }))
  const wanted = others.flatMap(({ ids }) => ids.slice(0, MOST_OF_GROUP))
  const all = [...new Set([...present, ...wanted])]
  const taken = all.length === present.length ? present : await edit(client, path, iid, all)
  return others.flatMap(({ who, ids, why }, index) => {
    const isAuthor = ids.length < (named[index]?.ids.length ?? 0)
    if (ids.length === 0) return isAuthor ? [] : [{ who, why }]
    return ids.some((id) => taken.includes(id))
      ? []
      : [{ who, why: 'GitLab did not take them as reviewers.' }]
  })
}

async function edit(client: Client, path: string, iid: number, reviewerIds: number[]): Promise<number[]> {
  try {
    const { reviewers } = requestSchema.parse(
      await client.rest.mergeRequests.edit(path, iid, { reviewerIds }),
    )
    return (reviewers ?? []).map(({ id }) => id)
  } catch (error) {
    if (errorKind(error) !== 'permanent') throw error
    return []
  }
}

async function userOf(client: Client, login: string): Promise<Named> {
  const user = await findUser(client, login)
  return {
    who: `user:${login}`,
    ids: user === null ? [] : [user.id],
    why: 'There is no such person who may sign in.',
  }
}

async function membersOf(client: Client, group: string, now: Date): Promise<Named> {
  const who = `team:${group}`
  try {
    const members = await readMembers(client, group, now)
    return {
      who,
      ids: (members?.items ?? []).map(({ id }) => id),
      why: 'There is no such group with members, or it cannot be seen.',
    }
  } catch (error) {
    if (errorKind(error) !== 'permanent') throw error
    return { who, ids: [], why: error instanceof Error ? error.message : String(error) }
  }
}
