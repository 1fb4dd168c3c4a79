import type { Decision } from '../../config/consent.ts'
import type { App, Environment } from '../../config/model.ts'
import { plainLine, trailers } from '../../domain/commit-message.ts'
import { codeSpan, escapeMarkdown, link, oneLine } from '../../domain/markdown.ts'
import { readTag } from '../../domain/tag-template.ts'
import { renderTemplate } from '../../domain/template.ts'
import type { Version } from '../../domain/version.ts'
import type { Reason } from '../action.ts'
import type { Edited } from '../environments/edit-environment.ts'
import type { Wish } from '../environments/wish.ts'
import type { Relation } from '../versions/lineage.ts'
import type { VersionNames } from '../versions/pin.ts'
import { isRegistryRule } from '../versions/registry-tags.ts'
import { releaseWith } from '../versions/release-tags.ts'
import type { World } from '../world.ts'
import { commitLines, listCommits } from './commits.ts'
import { type ImageStory, imageSection } from './images.ts'
import { whyOf } from './lock.ts'

/** Trailer of every commit of the bot's: `web/staging 1a2b3c4`. */
export const VERSION_TRAILER = 'Supercargo-Version'

/** Of commits that a person asked for: `web/production 2026-01-02T03:04:05.000Z`, which is when. */
export const ASKED_TRAILER = 'Supercargo-Asked'

const NOTES_SHOWN = 10
const FILES_SHOWN = 20
/** GitHub takes 256 characters. */
const TITLE_LENGTH = 200

export interface EnvironmentStory {
  world: World
  app: App
  environment: Environment
  version: Version
  /** Begins a sentence: `It is the newest commit of branch main`. */
  why: string
  /** Why the version is written although the manifests have its tag. */
  sameTag: Reason | null
  names: VersionNames
  images: readonly ImageStory[]
  relation: Relation
  /** Whose wish it is; null: it is what the rule says. */
  asked: Wish | null
  /** The commits of the relation are taken back, and not brought. */
  takesBack: boolean
  decision: Extract<Decision, { allowed: true }>
  edit: Pick<Edited, 'edits' | 'rendered' | 'notes' | 'unpinned'>
}

/** Title, body and commit message of a version's change: the same for the same world, whatever the time. */
export function explainEnvironment(story: EnvironmentStory): {
  title: string
  body(supersedes: readonly string[]): string
  message: string
} {
  return {
    title: oneLine(title(story), TITLE_LENGTH),
    body: (supersedes) => body(story, supersedes),
    message: message(story),
  }
}

/** The team's own, or the usual one. */
function title({ app, environment, version, names: { from, to } }: EnvironmentStory): string {
  if (environment.title !== null) {
    return renderTemplate(environment.title, {
      app: app.name,
      environment: environment.name,
      tag: version.tag,
      sha: version.commit ?? version.tag,
      from: from === null ? '–' : plainLine(from),
    })
  }
  const move = from === null || from === to ? to : `${plainLine(from)} → ${to}`
  return `${app.name} ${environment.name}: ${move}`
}

function body(story: EnvironmentStory, supersedes: readonly string[]): string {
  const { app, environment } = story
  const { from, to } = story.names
  const start =
    from === null
      ? `**${app.name}** on **${environment.name}** gets ${versionLink(story, to)}, its first version here.`
      : from === to
        ? `**${app.name}** on **${environment.name}** has ${versionLink(story, from)}; what says so in another way is brought in line.`
        : `**${app.name}** on **${environment.name}** moves from ${versionLink(story, from)} to ${versionLink(story, to)}.`
  const sections = [
    start,
    commitSection(story),
    whySection(story, supersedes),
    imageSection(story.images, environment, story.edit),
    mergeSection(story),
    noteSection(story),
    footer(story),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

function commitSection(story: EnvironmentStory): string {
  const { world, relation } = story
  if (relation.kind !== 'forward' || relation.commits.length === 0) return ''
  const { total } = relation
  const compare = compareUrl(story)
  const back = story.takesBack ? ` taken back` : ''
  const heading = `### ${total} commit${total === 1 ? '' : 's'}${back}${compare === null ? '' : ` · ${link('compare', compare)}`}`
  return `${heading}\n\n${listCommits(relation, world)}`
}

function whySection(story: EnvironmentStory, supersedes: readonly string[]): string {
  const { world, environment, why, sameTag, names, relation, asked } = story
  const { from } = names
  const source = link(escapeMarkdown(world.source.repository.path), world.source.url)
  const isOfSource = asked === null && environment.upstream === null && !isRegistryRule(environment.follow)
  const because = `${escapeMarkdown(why, 500)}${isOfSource ? ` in ${source}` : ''}.`
  const lines = [...(sameTag === null ? [] : [escapeMarkdown(sameTag.message, 500)]), because]
  if (from !== null && relation.kind === 'unknown') {
    lines.push(
      `${codeSpan(from)} names no version that ${source} knows, so the commits in between cannot be listed.`,
    )
  }
  if (supersedes.length > 0)
    lines.push(`Supersedes ${supersedes.map((version) => codeSpan(version)).join(', ')}.`)
  return `### Why now\n\n${lines.join(' ')}`
}

function mergeSection({ decision, asked }: EnvironmentStory): string {
  const skip =
    asked === null
      ? 'Close it to skip this version: it is not opened again until a newer one exists.'
      : 'Close it to leave things as they are: it is not opened again until somebody asks anew.'
  const how =
    decision.merge === 'auto'
      ? 'Supercargo merges this as soon as the forge says that it may be merged.'
      : `A person merges this. ${skip}`
  const downgraded =
    decision.downgraded === null ? '' : ` ${escapeMarkdown(decision.downgraded.message, 500)}`
  return `### How it gets in\n\n${how}${downgraded}`
}

function noteSection({ edit: { notes } }: EnvironmentStory): string {
  if (notes.length === 0) return ''
  const lines = notes
    .slice(0, NOTES_SHOWN)
    .map(({ path, line, message }) => `- ${codeSpan(`${path}:${line}`)} ${escapeMarkdown(message, 300)}`)
  const rest = notes.length - lines.length
  return ['### Left alone', '', ...lines, ...(rest > 0 ? [`- … and ${rest} more`] : [])].join('\n')
}

function footer({ environment, edit: { edits, rendered } }: EnvironmentStory): string {
  const changed = edits.map(({ path }) => path).filter((path) => !rendered.includes(path))
  const what = environment.fields.length === 0 ? "the image's version" : 'the version'
  const it = changed.length === 1 ? 'it' : 'them'
  const sentences = [
    ...(changed.length > 0 ? [`Changes ${paths(changed)}, and nothing but ${what} in ${it}.`] : []),
    ...(rendered.length > 0 ? [`Writes ${paths(rendered)} anew from the template.`] : []),
    'A commit by a person on this branch stops Supercargo from touching it.',
  ]
  return `<sub>${sentences.join(' ')}</sub>`
}

function paths(all: readonly string[]): string {
  const shown = all.slice(0, FILES_SHOWN).map((path) => codeSpan(path))
  const rest = all.length - shown.length
  return [...shown, ...(rest > 0 ? [`${rest} more files`] : [])].join(', ')
}

function message(story: EnvironmentStory): string {
  const { world, app, environment, version, relation, asked, takesBack } = story
  const { from, to, key } = story.names
  const move = from === null || from === to ? to : `${plainLine(from)} -> ${to}`
  const target = `${app.name}/${environment.name}`
  const commits = relation.kind === 'forward' ? relation.commits : []
  const reference = newest(story)
  const lines = trailers([
    ['Argocd-reference-commit-repourl', world.source.url],
    ['Argocd-reference-commit-sha', version.commit ?? ''],
    [
      'Argocd-reference-commit-author',
      reference === null ? '' : `${mailbox(reference.authorName)} <${address(reference.authorEmail)}>`,
    ],
    ['Argocd-reference-commit-date', reference?.committedAt ?? ''],
    ['Argocd-reference-commit-subject', plainLine(reference?.headline ?? '')],
    [VERSION_TRAILER, `${target} ${key}`],
    [ASKED_TRAILER, asked === null ? '' : `${target} ${asked.said.at}`],
  ])
  const list = commitLines(commits, relation.kind === 'forward' ? relation.total : 0)
  const back = takesBack && list !== '' ? 'These are taken back:' : ''
  const who =
    asked === null ? '' : `Asked for by ${plainLine(asked.said.by, 60)}${plainLine(whyOf(asked.said), 250)}`
  return [`${app.name} ${environment.name}: ${move}`, who, back, list, lines]
    .filter((part) => part !== '')
    .join('\n\n')
}

function newest({ world, version, relation }: EnvironmentStory) {
  const known = Object.values(world.offers.branches).flatMap((history) => history?.commits ?? [])
  const brought = relation.kind === 'forward' ? relation.commits : []
  return [...known, ...brought].find(({ oid }) => oid === version.commit) ?? null
}

function versionLink({ world, version, names }: EnvironmentStory, tag: string): string {
  const url = names.to === tag && version.commit !== null ? commitUrl(world, version.commit) : ''
  return link(codeSpan(tag), url)
}

function commitUrl(world: World, commit: string): string {
  const known = Object.values(world.offers.branches).flatMap((history) => history?.commits ?? [])
  return known.find(({ oid }) => oid === commit)?.url ?? ''
}

/** Null where the versions are not names of commits that the forge could compare. */
function compareUrl({
  world,
  environment,
  names: { from },
  version,
  takesBack,
}: EnvironmentStory): string | null {
  if (isRegistryRule(environment.follow)) return null
  const revision = (tag: string) =>
    environment.follow.kind === 'branch'
      ? (readTag(environment.tag, tag)?.sha ?? null)
      : encodeURIComponent(releaseWith(environment, world.offers, tag)?.name ?? tag)
  const before = from === null || from.includes(', ') ? null : revision(from)
  const after = revision(version.tag)
  if (before === null || after === null) return null
  const [base, head] = takesBack ? [after, before] : [before, after]
  return world.source.compareUrl.replace('{base}', base).replace('{head}', head)
}

/** RFC 5322 display name in its plainest form. */
function mailbox(name: string): string {
  return (
    plainLine(name)
      .replace(/[^\p{L}\p{N} .'-]/gu, '')
      .trim() || 'unknown'
  )
}

function address(email: string): string {
  return /^[^\s<>@,;"]+@[^\s<>@,;"]+$/.test(email) ? email : 'unknown@invalid'
}
