import { z } from 'zod'
import type { ChangeRequest } from '../forge.ts'
import type { Me } from './identity.ts'
import { mergeabilityOf } from './mergeability.ts'
import { numberOf } from './project.ts'
import { type MergeRequestFields, mergeRequestsSchema, type ProjectAnswer } from './project-query.ts'
import { withQuickActions } from './quick-actions.ts'

/** https://docs.gitlab.com/api/graphql/reference/#mergerequest */
export const REQUEST_FIELDS: MergeRequestFields = {
  name: 'Request',
  text: `iid title description state sourceBranch sourceProjectId targetBranch diffHeadSha draft
    detailedMergeStatus updatedAt webUrl author { username }`,
  cost: 16,
}

const requestSchema = z.object({
  iid: z.coerce.number(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.string(),
  sourceBranch: z.string(),
  sourceProjectId: z.number().nullish(),
  targetBranch: z.string(),
  diffHeadSha: z.string().nullish(),
  draft: z.boolean(),
  detailedMergeStatus: z.string().nullish(),
  updatedAt: z.string(),
  webUrl: z.string().nullish(),
  author: z.object({ username: z.string() }).nullish(),
})

/** A merge request as GraphQL gives it; `state` is `opened`, `closed`, `locked` (being merged) or `merged`. */
export type MergeRequest = z.infer<typeof requestSchema>

export const requestsSchema = mergeRequestsSchema(requestSchema)

/** Of the branch itself, and not of one with its name in a fork. */
export function isOfProject({ sourceProjectId }: MergeRequest, project: ProjectAnswer): boolean {
  return sourceProjectId === numberOf(project.id)
}

export function toChangeRequest(request: MergeRequest, project: ProjectAnswer, me: Me): ChangeRequest {
  return {
    number: request.iid,
    url: request.webUrl ?? mergeRequestUrl(project.webUrl, request.iid),
    title: request.title,
    body: withQuickActions(request.description ?? ''),
    head: request.diffHeadSha ?? '',
    base: request.targetBranch,
    ours: request.author?.username.toLowerCase() === me.username.toLowerCase(),
    mergeability:
      request.state === 'locked' ? 'pending' : mergeabilityOf(request.detailedMergeStatus, request.draft),
  }
}

export function mergeRequestUrl(webUrl: string, iid: number): string {
  return `${webUrl}/-/merge_requests/${iid}`
}
