import type { Previews, Probe } from '../../config/model.ts'
import { showDuration } from '../../domain/duration.ts'
import { renderTemplate } from '../../domain/template.ts'
import type { PageMemory } from '../explain/comment-memory.ts'
import { readMemory } from '../explain/comment-memory.ts'
import type { LookAgain } from '../look-again.ts'
import { answerTo, type Question } from '../questions.ts'
import type { World } from '../world.ts'
import type { Preview } from './set.ts'
import type { PreviewStanding } from './standing.ts'

/** How soon a page is asked again. */
const AGAIN_SECONDS = 10

/** What is known of pages, and what is not. */
export interface Pages {
  previews: PreviewStanding[]
  questions: Question[]
  lookAgain: LookAgain | null
}

/**
 * Whether the previews that Git holds answer. The comment remembers for which commit one has answered, so that nobody asks
 * again; one that slept is asked anew.
 */
export function judgePages(world: World, previews: Previews, all: readonly PreviewStanding[]): Pages {
  const { probe } = previews
  if (probe === null) return { previews: [...all], questions: [], lookAgain: null }
  const judged = all.map((standing) => judge(world, probe, standing))
  const deploying = judged.flatMap(({ standing: { state, page, preview } }) =>
    state === 'deploying' && page !== undefined ? [{ page, preview }] : [],
  )
  return {
    previews: judged.map(({ standing }) => standing),
    questions: judged.flatMap(({ question }) => question ?? []),
    lookAgain: untilAnswered(probe, deploying),
  }
}

interface Judged {
  standing: PreviewStanding
  question?: Question
}

function judge(world: World, probe: Probe, standing: PreviewStanding): Judged {
  const { preview, state } = standing
  const { pullRequest, url, head } = preview
  if (pullRequest === null || url === null || preview.asleep) return { standing }
  const said = readMemory(pullRequest.comment?.body ?? '')[standing.app]?.page
  const known = said?.commit === head ? said : undefined
  if (known?.answered === true)
    return { standing: remembering(standing, state === 'in-git' ? 'ready' : state, known) }
  if (state !== 'in-git') return { standing: known === undefined ? standing : { ...standing, page: known } }
  const fresh: PageMemory = { commit: head, since: world.now.toISOString(), answered: false }
  if (standing.byCommit) return { standing: remembering(standing, 'deploying', fresh) }
  const question = questionOf(probe, preview, url)
  const answer = answerTo(world.answers, question)
  const page = known ?? fresh
  if (answer === null) return { standing: remembering(standing, 'deploying', page), question }
  if (!answer.known) return { standing: { ...standing, reason: answer.reason } }
  if (answer.value.answers) return { standing: remembering(standing, 'ready', { ...page, answered: true }) }
  if (world.now.getTime() < deadline(probe, page))
    return { standing: remembering(standing, 'deploying', page) }
  const message = `It has not answered within ${showDuration(probe.within)}. ${answer.value.message}`
  return {
    standing: {
      ...remembering(standing, 'silent', page),
      reason: { code: 'preview-silent', message },
    },
  }
}

function remembering(
  standing: PreviewStanding,
  state: PreviewStanding['state'],
  page: PageMemory,
): PreviewStanding {
  return { ...standing, state, page }
}

function questionOf(
  { path, status, expect }: Probe,
  { head, tag }: Preview,
  url: string,
): Extract<Question, { about: 'page' }> {
  return {
    about: 'page',
    url: path === null ? url : new URL(path, url).href,
    commit: head,
    status,
    expect: expect === null ? null : renderTemplate(expect, { sha: head, tag }),
  }
}

function deadline({ within }: Probe, { since }: PageMemory): number {
  return Date.parse(since) + within * 1000
}

/** The reason names the commits, so that a new one is asked as soon as the first was. */
function untilAnswered(
  probe: Probe,
  deploying: readonly { page: PageMemory; preview: Preview }[],
): LookAgain | null {
  if (deploying.length === 0) return null
  const commits = deploying.map(({ preview }) => preview.head.slice(0, 7)).join(', ')
  return {
    seconds: AGAIN_SECONDS,
    notBefore: null,
    at: new Date(Math.min(...deploying.map(({ page }) => deadline(probe, page)))),
    reason: `The previews of ${commits} do not answer yet.`,
  }
}
