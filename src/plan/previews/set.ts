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
import type { SourcePullRequest } from '../../forge/forge.ts'
import { NOTHING_SAID_OF_IT } from '../../state/preview.ts'
import type { PreviewState } from '../../state/state.ts'
import { manifestsOf, type World } from '../world.ts'
import { choose } from './choose.ts'
import { type Expiry, expiryOf, showTime } from './life.ts'
import { type AbsentPreview, takeTurns } from './turn.ts'

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
  /** What people have said of it; null where they cannot, because it is a branch's. */
  said: PreviewState | null
  /** Null: it has no time to live. */
  expires: Expiry | null
  /** It is written without replicas. */
  asleep: boolean
}

/** The previews that should exist by the `follow` rule. */
export interface PreviewSet {
  /** False: there may be more, so nothing may be removed. */
  complete: boolean
  previews: Preview[]
  /** Those that would be there if there were room or time for them, or if nobody had taken them away. */
  absent: AbsentPreview[]
}

/**
 * Where two pull requests would have the same path, the older one has it. A fork's branch never has the path of a branch
 * of the application repository, whatever its name.
 */
export function previewSet(world: World, app: App, previews: Previews): PreviewSet {
  const { offers } = world
  const { subjects, absent } =
    previews.follow.kind === 'branches'
      ? { subjects: branches(world, previews.follow.glob), absent: [] }
      : pullRequests(world, app, previews)
  const listing = previews.follow.kind === 'branches' ? offers.liveBranches : offers.pullRequests
  const byPath = new Map<string, Preview>()
  for (const subject of subjects) {
    const preview = describe(subject, previews)
    if (!byPath.has(preview.path)) byPath.set(preview.path, preview)
  }
  const turns = takeTurns(world, app, previews, [...byPath.values()])
  return {
    complete: listing.complete && !lacksDefault(world, previews),
    previews: turns.previews,
    absent: [...turns.absent, ...absent],
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
export function previewPath(previews: Pick<Previews, 'path'>, place: Place): string {
  return renderTemplate(parseTemplate(previews.path, PREVIEW_PATH_VARIABLES), naming(place))
}

/** What people have said of the previews of pull requests; nothing where that could not be read. */
function saidOf(world: World, app: App, previews: Previews): (number: number) => PreviewState {
  const manifests = manifestsOf(world, previews)
  const said = manifests.snapshot !== null && manifests.state.ok ? manifests.state.value.previews : {}
  return (number) => said[`${app.name}/${number}`] ?? NOTHING_SAID_OF_IT
}

interface Subject {
  branch: string
  head: Oid
  pullRequest: SourcePullRequest | null
  /** Null: nothing can be said of it. */
  said: PreviewState | null
}

function pullRequests(
  world: World,
  app: App,
  previews: Previews,
): { subjects: Subject[]; absent: AbsentPreview[] } {
  const said = saidOf(world, app, previews)
  const all = world.offers.pullRequests.items
    .toSorted((a, b) => a.number - b.number)
    .map((pullRequest) => {
      const { branch, head, number } = pullRequest
      const subject: Subject = { branch, head, pullRequest, said: said(number) }
      return { subject, choice: choose(previews, pullRequest, said(number)) }
    })
  return {
    subjects: all.flatMap(({ subject, choice }) => (choice.is === 'chosen' ? [subject] : [])),
    absent: all.flatMap(({ subject, choice }) =>
      'reason' in choice
        ? [{ preview: describe(subject, previews), state: choice.is, reason: choice.reason }]
        : [],
    ),
  }
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
      said: null,
    }))
}

function describe({ branch, head, pullRequest, said }: Subject, previews: Previews): Preview {
  const number = previews.follow.kind === 'branches' ? null : (pullRequest?.number ?? null)
  const place = { branch, number, fork: pullRequest?.fork === true }
  const names = { ...naming(place), sha: head }
  const url =
    previews.url === null ? null : renderTemplate(parseTemplate(previews.url, PREVIEW_URL_VARIABLES), names)
  const expires = said === null ? null : expiryOf(previews, pullRequest, said)
  const tag = renderTag(previews.tag, { commit: head, branch }) ?? head
  return {
    path: previewPath(previews, place),
    branch,
    head,
    tag,
    url,
    pullRequest,
    said,
    expires,
    asleep: false,
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
      replicas: '1',
    },
  }
}

interface Place {
  branch: string
  number: number | null
  fork: boolean
}

function naming({ branch, number, fork }: Place): TemplateValues {
  const slug = slugOf(fork ? `fork-${number}/${branch}` : branch)
  return { slug, number: number === null ? undefined : String(number) }
}

function hostOf(url: string): string | undefined {
  return /^https?:\/\/([^/?#]+)/.exec(url)?.[1]
}
