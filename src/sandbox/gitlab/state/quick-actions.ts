import { submitReview } from '../../model/discussion.ts'
import type { Model } from '../../model/model.ts'
import { levelOf, protectionOf } from '../../model/protection.ts'
import { updatePull } from '../../model/pulls.ts'
import type { KnownActor, PullRequest, Repository } from '../../model/types.ts'
import { mergeNow } from './merge.ts'

/** A line such as `/close` or `/title Something`, without its slash. */
export interface QuickAction {
  name: string
  argument: string
}

/**
 * What GitLab takes for itself in notes and descriptions, whether or not the author may do it: the line is
 * taken away in any case. https://docs.gitlab.com/user/project/quick_actions/
 */
const KNOWN = new Set(
  `add_child add_contacts add_email approve assign assign_reviewer request_review award react blocked_by blocks
  cc clear_health_status clear_weight clone close confidential convert_to_ticket copy_metadata create_merge_request
  done draft due duplicate epic estimate health_status iteration label labels link lock merge milestone move page
  promote_to promote_to_incident publish ready reassign rebase relabel relate remove_child remove_contacts
  remove_due_date remove_email remove_epic remove_estimate remove_iteration remove_milestone remove_parent
  remove_time_spent remove_zoom reopen resource_link run_pipeline set_parent severity shrug spend spend_time
  status submit_review subscribe tableflip tag target_branch title todo type unapprove unassign
  unassign_reviewer unlabel unlink unlock unsubscribe weight zoom`.split(/\s+/),
)

/** Takes the quick actions out of a text. Code blocks and quotes keep theirs. */
export function takeQuickActions(text: string): { text: string; actions: QuickAction[] } {
  const actions: QuickAction[] = []
  let fence: string | null = null
  const kept = text.split(/\r?\n/).filter((line) => {
    const mark = /^\s{0,3}(```+|~~~+|>>>)/.exec(line)?.[1]
    if (mark !== undefined) {
      if (fence === null) fence = mark
      else if (mark.startsWith(fence)) fence = null
      return true
    }
    const command = fence === null ? /^\/([a-z_]+)(?:\s+(.*))?$/i.exec(line) : null
    const name = command?.[1]?.toLowerCase() ?? ''
    if (!KNOWN.has(name)) return true
    actions.push({ name, argument: command?.[2]?.trim() ?? '' })
    return false
  })
  return actions.length === 0 ? { text, actions } : { text: kept.join('\n').trim(), actions }
}

/**
 * Does what was asked for, with the rights of the one who wrote it; what that person may not do is left out.
 * GitLab wants the head's SHA beside `/merge`; here it merges without, so that a careless note is noticed.
 * @returns what was done, in words
 */
export async function runQuickActions(
  model: Model,
  project: Repository,
  actor: KnownActor,
  pull: PullRequest,
  actions: readonly QuickAction[],
): Promise<string[]> {
  const done: string[] = []
  for (const { name, argument } of actions) {
    const change = changeOf(name, argument)
    try {
      if (change !== null && mayChange(model, project, actor, pull)) {
        await updatePull(model, project, actor, pull.number, change.change)
        done.push(change.text)
      } else if (name === 'merge' && mayMerge(model, project, actor, pull)) {
        await mergeNow({ model, project, actor }, pull, pull.headOid)
        done.push('Merged this merge request.')
      } else if (name === 'approve') {
        submitReview(model, project, actor, pull.number, { state: 'APPROVED', body: '' })
        done.push('Approved the current merge request.')
      }
    } catch {
      done.push(`Could not apply ${name} command.`)
    }
  }
  return done
}

type Change = { change: Parameters<typeof updatePull>[4]; text: string }

function changeOf(name: string, argument: string): Change | null {
  if (name === 'close') return { change: { state: 'closed' }, text: 'Closed this merge request.' }
  if (name === 'reopen') return { change: { state: 'open' }, text: 'Reopened this merge request.' }
  if (name === 'title' && argument !== '') {
    return { change: { title: argument }, text: `Changed the title to "${argument}".` }
  }
  if (name === 'draft') return { change: { draft: true }, text: 'Marked as a draft.' }
  if (name === 'ready') return { change: { draft: false }, text: 'Marked as ready.' }
  if (name === 'target_branch' && argument !== '') {
    return { change: { base: argument }, text: `Set target branch to ${argument}.` }
  }
  return null
}

/** True when the actor may edit or close the merge request: its author, and developers. */
export function mayChange(model: Model, project: Repository, actor: KnownActor, pull: PullRequest): boolean {
  return pull.authorId === actor.account.id || levelOf(model, actor, project) >= 30
}

/** True when the actor may push to the target branch, or merge into it where it is protected. */
export function mayMerge(model: Model, project: Repository, actor: KnownActor, pull: PullRequest): boolean {
  const { merge } = protectionOf(model, project, pull.baseBranch)?.levels ?? { merge: 30 }
  return merge > 0 && levelOf(model, actor, project) >= Math.max(30, merge)
}
