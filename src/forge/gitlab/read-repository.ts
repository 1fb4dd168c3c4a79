import type { RepositoryId } from '../../domain/repository.ts'
import type { ProposalQuery, RepositorySnapshot } from '../forge.ts'
import { branchMoved } from '../shared/branches.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import { type Memory, projectKey } from './memory.ts'
import { ask, numberOf } from './project.ts'
import { aliasSchemas, type ProjectAnswer, ProjectQuery } from './project-query.ts'
import { proposalPage, readProposals } from './proposals.ts'
import { readReport } from './report.ts'
import { readTexts, rememberTexts } from './texts.ts'

/** Looks, while somebody pushes all the time. */
const MOST_TRIES = 5

/**
 * The default branch's head and some of its files in one request, and the bot's report on it in another: GraphQL does
 * not tell who set a status from outside, nor its description.
 */
export async function readRepository(
  client: Client,
  repository: RepositoryId,
  files: readonly string[],
  me: Me,
  memory: Memory,
  proposals?: ProposalQuery,
): Promise<RepositorySnapshot> {
  const project = await readProject(client, repository, files, proposals !== undefined)
  const found = project.repository ?? {}
  const head = aliasSchemas.head.parse(found.head ?? null)
  const blobs = aliasSchemas.blobs.parse(found.files)
  rememberTexts(memory, blobs)
  const now = { ...repository, path: project.fullPath }
  const defaultBranch = project.repository?.rootRef ?? 'main'
  memory.defaultBranches.set(projectKey(now), defaultBranch)
  const [texts, report] = await Promise.all([
    head === null ? new Map<string, string | null>() : readTexts(client, now, head, blobs, memory),
    head === null ? null : readReport(client, now, head, defaultBranch, me, memory),
  ])
  const textOf = (path: string) => {
    const blob = blobs.find((each) => each.path === path)
    return blob === undefined ? null : (texts.get(blob.oid) ?? null)
  }
  const present = new Map(files.map((path) => [path, blobs.find((each) => each.path === path)?.oid ?? null]))
  return {
    id: String(numberOf(project.id)),
    repository: now,
    url: project.webUrl,
    compareUrl: `${project.webUrl}/-/compare/{base}...{head}`,
    private: project.visibility !== 'public',
    archived: project.archived === true,
    defaultBranch,
    head,
    files: Object.fromEntries(files.map((path) => [path, textOf(path)])),
    report,
    proposals:
      proposals === undefined || head === null
        ? []
        : await readProposals(client, now, project, present, proposals, me, memory),
  }
}

/** The head is looked at before and after the files, which are read again when somebody pushed in between. */
async function readProject(
  client: Client,
  repository: RepositoryId,
  files: readonly string[],
  proposals: boolean,
): Promise<ProjectAnswer> {
  for (let tries = 0; ; tries++) {
    const query = new ProjectQuery(repository.path)
    query.around({ kind: 'default' })
    if (files.length > 0) query.blobs('files', { kind: 'default' }, files)
    if (proposals) query.mergeRequests('proposals', proposalPage)
    const project = await ask(client, repository, query, 'ReadRepository')
    const [head, tail] = [project.repository?.head, project.repository?.tail].map((tree) =>
      aliasSchemas.head.parse(tree ?? null),
    )
    if (head === tail) return project
    if (tries === MOST_TRIES) throw branchMoved(repository, 'HEAD')
  }
}
