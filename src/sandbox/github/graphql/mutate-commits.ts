import type { CommittableBranch, CreateCommitOnBranchInput, FileChanges } from '@octokit/graphql-schema'
import type { Oid } from '../../../domain/commit.ts'
import { EMPTY_TREE, type TreeChange } from '../../git/git-repository.ts'
import { entryAt } from '../../git/walk.ts'
import { canSee, findRepository, known } from '../../model/access.ts'
import { commitOnBranch } from '../../model/commits.ts'
import type { Repository } from '../../model/types.ts'
import { FieldError } from './errors.ts'
import type { Execution } from './execution.ts'
import { mutation } from './mutation.ts'
import { refOf } from './nodes.ts'
import { objectView } from './objects.ts'
import { refByName } from './refs.ts'

const INPUT = ['branch', 'expectedHeadOid', 'message', 'fileChanges'] as const

/**
 * `createCommitOnBranch`. As on GitHub the branch must exist and be at the expected commit, and files are
 * written as 100644: an executable bit or a symlink at the path is lost (what GitHub does with an existing
 * executable is not documented; this is the worse of the two).
 */
export function commitMutations(execution: Execution): Record<string, unknown> {
  const { model, actor } = execution
  return mutation<CreateCommitOnBranchInput>('createCommitOnBranch', INPUT, async (input) => {
    const { repository, ref } = branchOf(execution, input.branch)
    execution.allow(repository, 'contents', 'write')
    const current = await model.git(repository).ref(ref)
    if (current === null) throw new FieldError('NOT_FOUND', `No branch named "${ref}" found.`)
    checkPaths(execution, input.fileChanges ?? {})
    const { headline, body } = input.message
    const oid = await commitOnBranch(model, repository, known(actor), {
      branch: ref.slice('refs/heads/'.length),
      expectedHead: input.expectedHeadOid,
      message: body ? `${headline}\n\n${body}` : headline,
      changes: await treeChanges(execution, repository, input.expectedHeadOid, input.fileChanges ?? {}),
    })
    return {
      commit: () => objectView(execution, repository, oid),
      ref: () => refByName(execution, repository, ref),
    }
  })
}

function branchOf(execution: Execution, branch: CommittableBranch): { repository: Repository; ref: string } {
  const { id, branchName, repositoryNameWithOwner } = branch
  if (id) {
    const { repository, name } = refOf(execution, id)
    return { repository, ref: name }
  }
  const [owner = '', name = ''] = (repositoryNameWithOwner ?? '').split('/')
  const repository = findRepository(execution.model, owner, name)
  if (!branchName || repository === null || !canSee(execution.model, execution.actor, repository)) {
    throw new FieldError('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`)
  }
  return { repository, ref: `refs/heads/${branchName.replace(/^refs\/heads\//, '')}` }
}

function checkPaths({ actor }: Execution, { additions, deletions }: FileChanges): void {
  const paths = [...(additions ?? []), ...(deletions ?? [])].map(({ path }) => path)
  for (const path of paths) {
    const parts = path.split('/')
    if (parts.some((part) => ['', '.', '..'].includes(part) || part.toLowerCase() === '.git')) {
      throw new FieldError('UNPROCESSABLE', `A path was provided which is not valid: ${path}`)
    }
    const may = actor.kind !== 'installation' || actor.permissions.workflows === 'write'
    if (path.startsWith('.github/workflows/') && !may) {
      const message = `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`
      throw new FieldError('FORBIDDEN', message)
    }
  }
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined) {
    throw new FieldError('UNPROCESSABLE', `The path ${twice} was requested more than once.`)
  }
}

async function treeChanges(
  { model }: Execution,
  repository: Repository,
  head: Oid,
  { additions, deletions }: FileChanges,
): Promise<TreeChange[]> {
  const git = model.git(repository)
  const tree = (await git.commit(head))?.tree ?? EMPTY_TREE
  const changes: TreeChange[] = []
  for (const { path } of deletions ?? []) {
    if ((await entryAt(git, tree, path)) === null) {
      const message = `A path was requested for deletion which does not exist as of commit oid \`${head}\``
      throw new FieldError('UNPROCESSABLE', message)
    }
    changes.push({ path, entry: null })
  }
  for (const { path, contents } of additions ?? []) {
    const text = String(contents).replace(/\s/g, '')
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
      throw new FieldError('UNPROCESSABLE', `The contents of ${path} are not Base64.`)
    }
    const oid = await git.writeBlob(Buffer.from(text, 'base64'))
    changes.push({ path, entry: { mode: '100644', oid } })
  }
  return changes
}
