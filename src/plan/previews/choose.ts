import type { Previews } from '../../config/model.ts'
import { BRANCH_PREFIX } from '../../domain/names.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { PreviewState } from '../../state/state.ts'
import type { Reason } from '../action.ts'

/** Whether a pull request has a preview as far as it and what people said of it decide. */
export type Choice =
  | { is: 'chosen' | 'not-chosen' }
  /** It had one, and people are told why it has none now. */
  | { is: 'down' | 'withdrawn'; reason: Reason }

/**
 * What a person said comes before what the configuration says. Of a fork nothing but the one approved commit is shown,
 * whatever its labels: its author could not have pushed to the application repository. The bot's own branches, where the
 * application is its own manifest repository, have none: they would never come to rest.
 */
export function choose(previews: Previews, pullRequest: SourcePullRequest, said: PreviewState): Choice {
  const { wanted } = said
  if (pullRequest.fork ? previews.forks === 'never' : pullRequest.branch.startsWith(BRANCH_PREFIX))
    return { is: 'not-chosen' }
  if (wanted?.is === 'down') {
    const why = wanted.reason === null ? '' : `: ${wanted.reason}`
    const message = `${wanted.by} took it down${why}. ${asksFor(pullRequest)} brings it back.`
    return { is: 'down', reason: { code: 'preview-down', message } }
  }
  if (pullRequest.fork) return chooseFork(previews, pullRequest, said)
  return { is: wanted?.is === 'up' || isChosen(previews, pullRequest) ? 'chosen' : 'not-chosen' }
}

/** The command that brings the preview of a pull request, as people write it. */
export function asksFor({ fork, head }: Pick<SourcePullRequest, 'fork' | 'head'>): string {
  return `"/cargo preview up${fork ? ` ${head}` : ''}"`
}

/** An approval that nobody wrote (no page of a comment) was given by a label, and holds as long as that is there. */
function chooseFork(
  { forkLabel }: Previews,
  pullRequest: SourcePullRequest,
  { approved }: PreviewState,
): Choice {
  if (approved === null) return { is: 'not-chosen' }
  const again = `Whoever may write to the repository approves this commit, once it is looked at, by ${asksFor(pullRequest)}.`
  if (approved.commit !== pullRequest.head) {
    const message = `${approved.by} approved commit ${approved.commit.slice(0, 7)}, and there are other commits now. ${again}`
    return { is: 'withdrawn', reason: { code: 'fork-moved', message } }
  }
  if (approved.url !== null || (forkLabel !== null && hasLabel(pullRequest, forkLabel)))
    return { is: 'chosen' }
  const message = `The label by which ${approved.by} approved it is not there any more. ${again}`
  return { is: 'withdrawn', reason: { code: 'fork-label-gone', message } }
}

/** @param name in small letters */
export function hasLabel({ labels }: Pick<SourcePullRequest, 'labels'>, name: string): boolean {
  return labels.some((label) => label.toLowerCase() === name)
}

function isChosen({ labels, drafts, bots }: Previews, pullRequest: SourcePullRequest): boolean {
  return (
    (drafts || !pullRequest.draft) &&
    (bots || !pullRequest.byBot) &&
    (labels.need.length === 0 || labels.need.some((name) => hasLabel(pullRequest, name))) &&
    !labels.forbid.some((name) => hasLabel(pullRequest, name))
  )
}
