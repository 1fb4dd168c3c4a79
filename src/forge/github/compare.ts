import { z } from 'zod'
import type { Commit, Oid, PullRequestLink } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Comparison } from '../forge.ts'
import { answerOf, statusOf } from '../shared/answer.ts'
import { Declarations } from '../shared/declarations.ts'
import { ASSOCIATED_PULLS, associatedPullsSchema, hiddenPullRequest } from './associated-pulls.ts'
import type { Session } from './client.ts'

const STATUS = new Set(['ahead', 'behind', 'identical', 'diverged'] as const)

/**
 * Compares without paging, so that GitHub gives the newest 250 commits; their pull requests cost a second request.
 * https://docs.github.com/en/rest/commits/commits#compare-two-commits
 * @param web URL of the server's pages
 */
export async function compareCommits(
  session: Session,
  repository: RepositoryId,
  base: string,
  head: string,
  web: string,
): Promise<Comparison> {
  const { owner, repo } = session
  const url = `${web}/${repository.path}/compare/${encodeURIComponent(base)}...${encodeURIComponent(head)}`
  try {
    const { data } = await session.read((request) =>
      request('GET /repos/{owner}/{repo}/compare/{basehead}', { owner, repo, basehead: `${base}...${head}` }),
    )
    const pulls = await readPullRequests(
      session,
      data.commits.map(({ sha }) => sha),
    )
    const commits = data.commits.map(
      (commit): Commit => ({
        oid: commit.sha,
        parents: commit.parents.map(({ sha }) => sha),
        headline: commit.commit.message.split('\n')[0] ?? '',
        authorName: commit.commit.author?.name ?? '',
        authorEmail: commit.commit.author?.email ?? '',
        authorLogin: loginOf(commit.author),
        committedAt: commit.commit.committer?.date ?? commit.commit.author?.date ?? '',
        url: commit.html_url,
        pullRequests: pulls.get(commit.sha) ?? [],
      }),
    )
    const status = [...STATUS].find((known) => known === data.status) ?? 'unknown'
    return { status, commits, total: data.total_commits, url: data.html_url }
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    const unrelated = /no common ancestor/i.test(answerOf(error))
    return { status: unrelated ? 'diverged' : 'unknown', commits: [], total: 0, url }
  }
}

const loginSchema = z.object({ login: z.string() })

function loginOf(account: unknown): string | null {
  return loginSchema.safeParse(account).data?.login ?? null
}

const pullsSchema = z.object({
  repository: z.record(z.string(), z.object({ associatedPullRequests: associatedPullsSchema }).nullable()),
})

async function readPullRequests(session: Session, oids: Oid[]): Promise<Map<Oid, PullRequestLink[]>> {
  if (oids.length === 0) return new Map()
  const declared = new Declarations()
  const aliases = oids.map(
    (oid, i) => `c${i}: object(oid: ${declared.add('GitObjectID!', oid)}) { ...Pulls }`,
  )
  const owner = declared.add('String!', session.owner)
  const name = declared.add('String!', session.repo)
  const document = `query ReadPullRequests${declared} {
    repository(owner: ${owner}, name: ${name}) { ${aliases.join('\n')} } }
    fragment Pulls on Commit { ${ASSOCIATED_PULLS} }`
  const { repository } = pullsSchema.parse(await session.query(document, declared.values, hiddenPullRequest))
  return new Map(oids.map((oid, i) => [oid, repository[`c${i}`]?.associatedPullRequests ?? []]))
}
