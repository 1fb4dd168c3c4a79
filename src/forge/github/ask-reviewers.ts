import { errorKind } from '../../domain/errors.ts'
import type { NotAsked, ReviewWish } from '../people.ts'
import { answerOf } from '../shared/answer.ts'
import type { Session } from './client.ts'
import type { Purpose } from './tokens.ts'

/** What one request asks for; a team without its organisation. */
interface Asked {
  reviewers: string[]
  team_reviewers: string[]
}

/**
 * GitHub takes all or none: after a refusal each is asked alone, so that a wrong name keeps nobody else from being
 * asked. Teams can be asked by an app only that may read members.
 * https://docs.github.com/en/rest/pulls/review-requests
 * @param open a session for one purpose
 */
export async function askReviewers(
  open: (purpose: Purpose) => Promise<Session>,
  number: number,
  { users, teams }: ReviewWish,
): Promise<NotAsked[]> {
  const session = await open('manifests')
  const pull = { owner: session.owner, repo: session.repo, pull_number: number }
  const { data } = await session.read((request) =>
    request('GET /repos/{owner}/{repo}/pulls/{pull_number}', pull),
  )
  const known = [data.user.login, ...(data.requested_reviewers ?? []).map(({ login }) => login)]
  const present = new Set(known.map((login) => login.toLowerCase()))
  const presentTeams = new Set((data.requested_teams ?? []).map(({ slug }) => slug.toLowerCase()))
  const prefix = `${session.owner.toLowerCase()}/`
  const foreign = teams.filter((team) => !team.toLowerCase().startsWith(prefix))
  const ours = teams.filter((team) => !foreign.includes(team)).map((team) => team.slice(prefix.length))

  const ask = async (purpose: Purpose, asked: Asked): Promise<void> => {
    const path = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers'
    await (await open(purpose)).write((request) => request(path, { ...pull, ...asked }))
  }
  const ones = [
    ...users
      .filter((login) => !present.has(login.toLowerCase()))
      .map((login) => ({ who: `user:${login}`, asked: { reviewers: [login], team_reviewers: [] } })),
    ...ours
      .filter((slug) => !presentTeams.has(slug.toLowerCase()))
      .map((slug) => ({
        who: `team:${session.owner}/${slug}`,
        asked: { reviewers: [], team_reviewers: [slug] },
      })),
  ]
  return [
    ...(await askAll(ones, ask)),
    ...foreign.map((team) => ({
      who: `team:${team}`,
      why: 'Only teams of the organisation can be asked that the repository belongs to.',
    })),
  ]
}

interface One {
  who: string
  asked: Asked
}

async function askAll(
  ones: readonly One[],
  ask: (purpose: Purpose, asked: Asked) => Promise<void>,
): Promise<NotAsked[]> {
  if (ones.length === 0) return []
  const asked = {
    reviewers: ones.flatMap((one) => one.asked.reviewers),
    team_reviewers: ones.flatMap((one) => one.asked.team_reviewers),
  }
  try {
    await ask(asked.team_reviewers.length > 0 ? 'reviews' : 'manifests', asked)
    return []
  } catch (error) {
    if (errorKind(error) !== 'permanent') throw error
    const [first] = ones
    if (first !== undefined && ones.length === 1) return [{ who: first.who, why: whyNot(error) }]
  }
  const refused: NotAsked[] = []
  for (const one of ones) refused.push(...(await askAll([one], ask)))
  return refused
}

function whyNot(error: unknown): string {
  const said = answerOf(error)
  return said === '' ? String(error) : `GitHub said: ${said}`
}
