import { countCommits } from '../../git/walk.ts'
import { accountById } from '../../model/access.ts'
import type { ForgeEvent } from '../../model/events.ts'
import type { Pipeline } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { Account, IssueComment, PullRequest, Repository } from '../../model/types.ts'
import { mergeNow } from './merge.ts'

/** What GitLab does by itself after something has happened: system notes, and merges that waited for a pipeline. */
export function followEvents(model: Model, log: (error: unknown) => void): void {
  model.onEvent((event) => {
    const work = event.type === 'pull' ? noteChange(model, event) : undefined
    work?.catch(log)
    if (event.type === 'pipeline' && event.pipeline.status === 'success') {
      mergeWaiting(model, event.repository, event.pipeline).catch(log)
    }
  })
}

async function noteChange(model: Model, event: ForgeEvent & { type: 'pull' }): Promise<void> {
  const { action, repository, pull, before, sender } = event
  // counting takes a moment, and the note is of the time before
  const now = model.now()
  const add = (body: string) => addSystemNote(model, repository, pull, sender, body, now)
  if (action === 'synchronize' && before !== null) {
    const count = await countCommits(model.git(repository), pull.headOid, [before.headOid])
    const commits = `${count} commit${count === 1 ? '' : 's'}`
    add(`added ${commits}\n\n[Compare with previous version]`)
  }
  if (action === 'closed') add(pull.state === 'merged' ? 'merged' : 'closed')
  if (action === 'reopened') add('reopened')
  if (action === 'edited' && before !== null && before.title !== pull.title) {
    add(`changed title from **${before.title}** to **${pull.title}**`)
  }
}

function addSystemNote(
  model: Model,
  project: Repository,
  pull: PullRequest,
  author: Account,
  body: string,
  now: string,
): void {
  const note: IssueComment = {
    id: model.nextId(),
    repositoryId: project.id,
    number: pull.number,
    authorId: author.id,
    body,
    system: true,
    createdAt: now,
    updatedAt: now,
  }
  model.save(['comments', note])
}

async function mergeWaiting(model: Model, project: Repository, { oid }: Pipeline): Promise<void> {
  for (const pull of model.tables.pulls.by(project.id)) {
    const { autoMerge, state } = pull
    if (state !== 'open' || !autoMerge || autoMerge.head !== oid || pull.headOid !== oid) continue
    const actor = { kind: 'person', account: accountById(model, autoMerge.byId) } as const
    await mergeNow({ model, project, actor }, pull, oid)
  }
}
