import type { Oid } from '../../../domain/commit.ts'
import { mergePull } from '../../model/merging.ts'
import type { Model } from '../../model/model.ts'
import type { KnownActor, PullRequest, Repository } from '../../model/types.ts'
import { fullPath } from '../json/project.ts'

/** Merges this head, with GitLab's words in the commit. @throws Refusal */
export async function mergeNow(
  { model, project, actor }: { model: Model; project: Repository; actor: KnownActor },
  pull: PullRequest,
  head: Oid,
  wish: { squash: boolean; title: string | undefined },
): Promise<void> {
  const words = wish.squash
    ? { title: pull.title, message: pull.body ?? '' }
    : {
        title: `Merge branch '${pull.headBranch}' into '${pull.baseBranch}'`,
        message: `${pull.title}\n\nSee merge request ${fullPath(project)}!${pull.number}`,
      }
  const own = wish.title === undefined ? words : { title: wish.title, message: '' }
  const method = wish.squash ? 'squash' : project.allowMergeCommit ? 'merge' : 'ff'
  await mergePull(model, project, actor, pull.number, { method, head, ...own })
}
