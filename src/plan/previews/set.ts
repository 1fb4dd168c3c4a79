import type { App, Previews } from '../../config/model.ts'
import type { Oid } from '../../domain/commit.ts'
import { globMatches } from '../../domain/glob.ts'
import { BRANCH_PREFIX } from '../../domain/names.ts'
import { slugOf } from '../../domain/slug.ts'
import { renderTag } from '../../domain/tag-template.ts'
import {
  PREVIEW_PATH_VARIABLES,
  PREVIEW_URL_VARIABLES,
  parseTemplate,
  renderTemplate,
  type TemplateValues,
} from '../../domain/template.ts'
import type { SourcePullRequest, SourceSnapshot } from '../../forge/forge.ts'
import type { World } from '../world.ts'
import { type Expiry, expiryOf, showTime } from './life.ts'
import { type AbsentPreview, isChosen, takeTurns } from './turn.ts'

/** One preview that should exist. */
export interface Preview {
  /** File or directory in the manifest repository: `apps/web/previews/pr-12`. */
  path: string
  /** The branch that it shows, and its head. */
  branch: string
  head: Oid
  tag: string
  url: string | null
  /** Where the preview is spoken of; null for a branch without a pull request. */
  pullRequest: SourcePullRequest | null
  values: TemplateValues
  /** Null: it has no time to live. */
  expires: Expiry | null
}

/** The previews that should exist by the `follow` rule. */
export interface PreviewSet {
  /** False: there may be more, so nothing may be removed. */
  complete: boolean
  previews: Preview[]
  /** Those that would be there if there were room or time for them. */
  absent: AbsentPreview[]
}

/**
 * Pull requests from forks get no preview, whatever their labels: their authors could not have pushed to the application
 * repository, and no forge says which commit somebody has looked at who gave a label.
 * The bot's own branches, where it is its own manifest repository, get none either: they would never come to rest.
 * Where two pull requests would have the same path, the older one has it.
 */
export function previewSet(world: World, app: App, previews: Previews): PreviewSet {
  const { offers } = world
  const subjects =
    previews.follow.kind === 'branches'
      ? branches(world, previews.follow.glob)
      : pullRequests(offers, previews)
  const listing = previews.follow.kind === 'branches' ? offers.liveBranches : offers.pullRequests
  const byPath = new Map<string, Preview>()
  for (const subject of subjects) {
    const preview = describe(subject, previews)
    if (!byPath.has(preview.path)) byPath.set(preview.path, preview)
  }
  return {
    complete: listing.complete && !lacksDefault(world, previews),
    ...takeTurns(world, app, previews, [...byPath.values()]),
  }
}

/** No listing of branches is right without the default branch, which has been read. */
function lacksDefault({ source, offers }: World, { follow }: Previews): boolean {
  return (
    follow.kind === 'branches' &&
    !source.archived &&
    !offers.liveBranches.items.some(({ name }) => name === source.defaultBranch)
  )
}

/** Where the preview of a pull request (or of a branch) is written. */
export function previewPath(
  previews: Pick<Previews, 'path'>,
  { branch, number }: { branch: string; number: number | null },
): string {
  return renderTemplate(parseTemplate(previews.path, PREVIEW_PATH_VARIABLES), naming(branch, number))
}

interface Subject {
  branch: string
  head: Oid
  pullRequest: SourcePullRequest | null
}

function pullRequests(offers: SourceSnapshot, previews: Previews): Subject[] {
  return offers.pullRequests.items
    .filter(({ fork, branch }) => !fork && !branch.startsWith(BRANCH_PREFIX))
    .filter((pullRequest) => isChosen(previews, pullRequest))
    .toSorted((a, b) => a.number - b.number)
    .map((pullRequest) => ({ branch: pullRequest.branch, head: pullRequest.head, pullRequest }))
}

function branches({ offers, source }: World, glob: string): Subject[] {
  const open = offers.pullRequests.items.filter(({ fork }) => !fork)
  return offers.liveBranches.items
    .filter(({ name }) => name !== source.defaultBranch && !name.startsWith(BRANCH_PREFIX))
    .filter(({ name }) => globMatches(glob, name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, head }) => ({
      branch: name,
      head,
      pullRequest: open.find(({ branch }) => branch === name) ?? null,
    }))
}

function describe(subject: Subject, previews: Previews): Preview {
  const { branch, head, pullRequest } = subject
  const number = previews.follow.kind === 'branches' ? null : (pullRequest?.number ?? null)
  const names = { ...naming(branch, number), sha: head }
  const url =
    previews.url === null ? null : renderTemplate(parseTemplate(previews.url, PREVIEW_URL_VARIABLES), names)
  const expires = previews.follow.kind === 'branches' ? null : expiryOf(previews, pullRequest)
  const tag = renderTag(previews.tag, { commit: head, branch }) ?? head
  return {
    path: previewPath(previews, { branch, number }),
    branch,
    head,
    tag,
    url,
    pullRequest,
    expires,
    values: {
      ...names,
      branch,
      tag,
      image: previews.images[0]?.written,
      host: url === null ? undefined : hostOf(url),
      owner: pullRequest?.authorLogin ?? 'unknown',
      title: pullRequest?.title ?? branch,
      url: url ?? undefined,
      expires: expires === null ? undefined : showTime(expires.at),
    },
  }
}

function naming(branch: string, number: number | null): TemplateValues {
  return { slug: slugOf(branch), number: number === null ? undefined : String(number) }
}

function hostOf(url: string): string | undefined {
  return /^https?:\/\/([^/?#]+)/.exec(url)?.[1]
}
