import type { Decision } from '../../config/consent.ts'
import { plainLine, trailers } from '../../domain/commit-message.ts'
import { codeSpan, escapeMarkdown, link } from '../../domain/markdown.ts'
import { PREVIEWS } from '../../domain/names.ts'
import type { Vocabulary } from '../../domain/vocabulary.ts'
import type { PreviewChanges } from '../previews/plan-previews.ts'
import type { Preview } from '../previews/set.ts'
import type { World } from '../world.ts'

const SHOWN = 50

/** Names `app/previews` in commits that make, change or remove previews. */
export const TARGET_TRAILER = 'Supercargo-Target'

/**
 * Title, body and commit message for a change of an app's previews.
 * @param why Markdown: where the previews come from, or why they go; one paragraph
 */
export function explainPreviews(
  world: World,
  app: string,
  changes: PreviewChanges,
  decision: Extract<Decision, { allowed: true }>,
  why: string,
): { title: string; body(): string; message: string } {
  const title = `${app} previews: ${counts(changes)}`
  return {
    title,
    body: () => body(world, changes, decision, why),
    message: [title, list(changes), messageTrailers(world, app, changes)]
      .filter((part) => part !== '')
      .join('\n\n'),
  }
}

/** Where an app's previews come from. */
export function followsRequests({ source, words }: World, app: string): string {
  return `The previews of **${app}** follow the open ${words.changeRequest}s and branches of ${link(escapeMarkdown(source.repository.path), source.url)}.`
}

/** Why previews at a former place go. */
export function wereThere({ source }: World, app: string, place: string): string {
  return `Nothing of ${escapeMarkdown(source.repository.path)} says any more that **${app}** has previews at ${codeSpan(place)}.`
}

function body(
  world: World,
  changes: PreviewChanges,
  decision: Extract<Decision, { allowed: true }>,
  why: string,
): string {
  const how =
    decision.merge === 'auto'
      ? 'Supercargo merges this as soon as the forge says that it may be merged.'
      : 'A person merges this.'
  const downgraded =
    decision.downgraded === null ? '' : ` ${escapeMarkdown(decision.downgraded.message, 500)}`
  const rows = [
    ...changes.added.map((preview) => `- added ${item(preview, world.words)}`),
    ...changes.updated.map((preview) => `- updated ${item(preview, world.words)}`),
    ...changes.removed.map((path) => `- removed ${codeSpan(path)}`),
  ]
  const shown = rows.length > SHOWN ? [...rows.slice(0, SHOWN), `- … and ${rows.length - SHOWN} more`] : rows
  return [why, shown.join('\n'), `### How it gets in\n\n${how}${downgraded}`].join('\n\n')
}

function item({ path, branch, pullRequest, tag }: Preview, { mark }: Vocabulary): string {
  const subject =
    pullRequest === null
      ? `branch ${codeSpan(branch)}`
      : `${link(`${mark}${pullRequest.number}`, pullRequest.url)} ${escapeMarkdown(pullRequest.title, 120)}`
  return `${codeSpan(path)} at ${codeSpan(tag)}: ${subject}`
}

function list({ added, updated, removed }: PreviewChanges): string {
  return [
    ...added.map(({ path, tag }) => `- add ${path} at ${tag}`),
    ...updated.map(({ path, tag, asleep }) => `- update ${path} to ${tag}${asleep ? ', asleep' : ''}`),
    ...removed.map((path) => `- remove ${path}`),
  ]
    .map((line) => plainLine(line, 200))
    .slice(0, SHOWN)
    .join('\n')
}

function messageTrailers(world: World, app: string, { added, updated }: PreviewChanges): string {
  const [only, ...others] = [...added, ...updated]
  const sha = only !== undefined && others.length === 0 ? only.head : ''
  return trailers([
    ['Argocd-reference-commit-repourl', world.source.url],
    ['Argocd-reference-commit-sha', sha],
    [TARGET_TRAILER, `${app}/${PREVIEWS}`],
  ])
}

function counts({ added, updated, removed }: PreviewChanges): string {
  const parts = [
    ['add', added.length] as const,
    ['update', updated.length] as const,
    ['remove', removed.length] as const,
  ]
  return parts
    .filter(([, count]) => count > 0)
    .map(([verb, count]) => `${verb} ${count}`)
    .join(', ')
}
