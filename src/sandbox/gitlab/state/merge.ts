import type { Oid } from '../../../domain/commit.ts'
import { mergePull } from '../../model/merging.ts'
import type { Model } from '../../model/model.ts'
import type { KnownActor, PullRequest, Repository } from '../../model/types.ts'

/** Merges this head in the way that the project is set to. @throws Refusal */
export async function mergeNow(
  { model, project, actor }: { model: Model; project: Repository; actor: KnownActor },
  pull: PullRequest,
  head: Oid,
  wish: { squash?: boolean; title?: string | undefined } = {},
): Promise<void> {
  const method = wish.squash === true ? 'squash' : project.allowMergeCommit ? 'merge' : 'ff'
  await mergePull(model, project, actor, pull.number, { method, head, title: wish.title })
}
