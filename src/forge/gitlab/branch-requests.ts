import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { ChangeRequest } from '../forge.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import { branchKey, type Ended, type Memory } from './memory.ts'
import {
  isOfProject,
  type MergeRequest,
  REQUEST_FIELDS,
  requestsSchema,
  toChangeRequest,
} from './merge-request.ts'
import { mergeabilityOf, mustBeAsked } from './mergeability.ts'
import { ask } from './project.ts'
import { type MergeRequestPage, type ProjectAnswer, ProjectQuery } from './project-query.ts'

/** Open merge requests of the bot's branches on a page. */
const OPEN = 50
/** Merge requests of the bot's branches that changed last. */
const LATEST = 40
/** Newest merge requests of one branch on a page, and pages that are read of it. */
const OF_BRANCH = 20
const MOST_PAGES = 10

/** The first page of the open merge requests of all these branches. */
export function openPage(branches: string[], after: string | null = null): MergeRequestPage {
  return { fields: REQUEST_FIELDS, first: OPEN, state: 'opened', branches, after }
}

/** The merge requests of all these branches that changed last, in whatever state. */
export function latestPage(branches: string[]): MergeRequestPage {
  return { fields: REQUEST_FIELDS, first: LATEST, sort: 'UPDATED_DESC', branches }
}

export interface BranchRequests {
  open: ChangeRequest | null
  closed: ChangeRequest | null
  merged: ChangeRequest | null
}

/**
 * What there is of merge requests for each branch, out of an answer with `openPage` as `open` and `latestPage` as
 * `latest`. Reads on where that, together with what is remembered, does not decide.
 */
export async function readBranchRequests(
  client: Client,
  repository: RepositoryId,
  branches: string[],
  answer: ProjectAnswer,
  me: Me,
  memory: Memory,
): Promise<Map<string, BranchRequests>> {
  const open = await allOpen(client, repository, branches, answer)
  const latest = requestsSchema.parse(answer.latest)
  const own = latest.nodes.filter((request) => isOfProject(request, answer))
  const newest = changedAt(latest.nodes[0])
  const oldest = latest.pageInfo.hasNextPage ? changedAt(latest.nodes.at(-1)) : Number.NEGATIVE_INFINITY
  const unsettled: string[] = []
  for (const branch of branches) {
    const key = branchKey(repository, branch)
    const known = memory.ended.get(key)
    // what changed at the very time of the last look may have been missed by it
    if (oldest !== Number.NEGATIVE_INFINITY && (known === undefined || oldest >= known.upTo)) {
      unsettled.push(branch)
      continue
    }
    const seen = own.filter(({ sourceBranch }) => sourceBranch === branch)
    memory.ended.set(key, decide(seen, known, newest, answer, me))
  }
  await settle(client, repository, unsettled, newest, me, memory)
  // one that is being merged is locked, and not among the open ones
  const locked = latest.nodes.filter(({ state }) => state === 'locked')
  const found = new Map<string, BranchRequests>()
  for (const branch of branches) {
    const ofBranch = [...open, ...locked].filter(({ sourceBranch }) => sourceBranch === branch)
    const request = highest(ofBranch.filter((each) => isOfProject(each, answer)))
    const { closed = null, merged = null } = memory.ended.get(branchKey(repository, branch)) ?? {}
    found.set(branch, {
      open: request === null ? null : await judged(client, repository, request, answer, me),
      closed,
      merged,
    })
  }
  return found
}

async function allOpen(
  client: Client,
  repository: RepositoryId,
  branches: string[],
  answer: ProjectAnswer,
): Promise<MergeRequest[]> {
  const requests: MergeRequest[] = []
  for (let page = requestsSchema.parse(answer.open); ; ) {
    requests.push(...page.nodes)
    const { hasNextPage, endCursor = null } = page.pageInfo
    if (!hasNextPage || endCursor === null) return requests
    const query = new ProjectQuery(repository.path)
    query.mergeRequests('open', openPage(branches, endCursor))
    page = requestsSchema.parse((await ask(client, repository, query, 'ReadOpen')).open)
  }
}

/** Reads the newest merge requests of branches of which too little is known, until their last merged one is found. */
async function settle(
  client: Client,
  repository: RepositoryId,
  branches: readonly string[],
  upTo: number,
  me: Me,
  memory: Memory,
): Promise<void> {
  let pending = branches.map((branch) => ({
    branch,
    after: null as string | null,
    seen: [] as MergeRequest[],
  }))
  for (let pages = 1; pending.length > 0; pages++) {
    const query = new ProjectQuery(repository.path)
    const asked = pending.filter(({ branch, after }, i) =>
      query.mergeRequests(`n${i}`, { fields: REQUEST_FIELDS, first: OF_BRANCH, branches: [branch], after }),
    )
    const answer = await ask(client, repository, query, 'ReadEnded')
    const done = new Set<string>()
    for (const each of asked) {
      const page = requestsSchema.parse(answer[`n${pending.indexOf(each)}`])
      each.seen.push(...page.nodes.filter((request) => isOfProject(request, answer)))
      each.after = page.pageInfo.endCursor ?? null
      const more = page.pageInfo.hasNextPage && each.after !== null
      if (more && pages < MOST_PAGES && !each.seen.some(({ state }) => state === 'merged')) continue
      memory.ended.set(branchKey(repository, each.branch), decide(each.seen, undefined, upTo, answer, me))
      done.add(each.branch)
    }
    pending = pending.filter(({ branch }) => !done.has(branch))
  }
}

/**
 * The newest of those that ended: of one branch only one is open at a time, so that the highest number ended last.
 * @param known what was known before, of merge requests that are not among `seen`
 */
function decide(
  seen: MergeRequest[],
  known: Ended | undefined,
  upTo: number,
  project: ProjectAnswer,
  me: Me,
): Ended {
  const numbers = new Set(seen.map(({ iid }) => iid))
  const before = (request: ChangeRequest | null | undefined) =>
    request === null || request === undefined || numbers.has(request.number) ? null : request
  const newest = (state: string, other: ChangeRequest | null) => {
    const found = highest(seen.filter((request) => request.state === state))
    if (found === null) return other
    return other !== null && other.number > found.iid ? other : toChangeRequest(found, project, me)
  }
  const merged = newest('merged', before(known?.merged))
  const closed = newest('closed', before(known?.closed))
  const since = closed !== null && merged !== null && merged.number > closed.number
  return { merged, closed: since ? null : closed, upTo }
}

function highest(requests: MergeRequest[]): MergeRequest | null {
  return requests.reduce<MergeRequest | null>(
    (best, request) => (best !== null && best.iid > request.iid ? best : request),
    null,
  )
}

function changedAt(request: MergeRequest | undefined): number {
  return request === undefined ? Number.NEGATIVE_INFINITY : Date.parse(request.updatedAt)
}

const statusSchema = z.object({ detailed_merge_status: z.string().nullish() })

/** An open merge request; one whose mergeability nobody has asked for is asked for, which costs a request. */
async function judged(
  client: Client,
  repository: RepositoryId,
  request: MergeRequest,
  project: ProjectAnswer,
  me: Me,
): Promise<ChangeRequest> {
  const found = toChangeRequest(request, project, me)
  if (found.mergeability !== 'pending' || !mustBeAsked(request.detailedMergeStatus)) return found
  const shown = statusSchema.parse(await client.rest.mergeRequests.show(repository.path, request.iid))
  return { ...found, mergeability: mergeabilityOf(shown.detailed_merge_status, request.draft) }
}
