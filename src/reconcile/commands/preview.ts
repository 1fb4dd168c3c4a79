import type { Command } from '../../command/command.ts'
import { parseDuration } from '../../domain/duration.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { Reason } from '../../plan/action.ts'
import { asksFor } from '../../plan/previews/choose.ts'
import type { PreviewWord } from '../../state/preview.ts'
import { type Carried, type Planned, readPlanned, refused, unlessWritten } from './carried.ts'
import type { CarryOut, CommandDependencies, Order } from './dependencies.ts'
import { type PreviewSubject, subjectOf } from './preview-subject.ts'
import { sayOfPreview } from './say-preview.ts'

/** Longer than anybody waits for a review; for more there is `pin`. */
const LONGEST_DAYS = 30

/**
 * What a person says of the preview of a pull request. Whoever may write to the application repository may, because the
 * manifest repository has already said in its policy what previews may do there.
 */
export const preview: CarryOut = async (order, dependencies) => {
  const reading = await readPlanned(order, dependencies)
  if ('done' in reading) return reading
  return unlessWritten(await carry(order, reading, dependencies), reading.world, order)
}

async function carry(order: Order, { world }: Planned, dependencies: CommandDependencies): Promise<Carried> {
  const { command, intent, login } = order
  const subject = subjectOf(world, intent.number, command.options.app)
  if ('code' in subject) return refused(subject.code, subject.message)
  const word = wordOf(command, subject)
  if ('code' in word) return refused(word.code, word.message)
  const said = {
    by: login,
    at: intent.acceptedAt.toISOString(),
    url: order.url,
    reason: command.reason,
  }
  return await sayOfPreview(world, concerned(subject, word), word, said, order, dependencies)
}

function wordOf(
  { arguments: { what = 'up', commit, duration } }: Command,
  subject: PreviewSubject,
): PreviewWord | Reason {
  switch (what) {
    case 'up':
      return up(subject.pullRequest, commit)
    case 'extend':
      return extend(subject, duration === undefined ? null : parseDuration(duration))
    case 'down':
    case 'pin':
    case 'unpin':
      return { is: what }
    default:
      throw new Error(`Nothing is known of "preview ${what}".`)
  }
}

/** Of a fork exactly one commit is approved, which must be the newest one as it was read just now (requirement 11). */
function up(pullRequest: SourcePullRequest, commit: string | undefined): PreviewWord | Reason {
  const { fork, head } = pullRequest
  const look = `Look at commit ${head}, and then write ${asksFor(pullRequest)}`
  if (commit !== undefined && !head.startsWith(commit.toLowerCase())) {
    return { code: 'not-the-head', message: `${commit} is not the newest commit. ${look}.` }
  }
  if (fork && commit === undefined) {
    const message = `This comes from a fork, so that somebody must approve the very commit that is shown. ${look}, which approves exactly that one.`
    return { code: 'fork-needs-commit', message }
  }
  return { is: 'up', commit: fork ? head : null }
}

function extend({ apps }: PreviewSubject, seconds: number | null): PreviewWord | Reason {
  if (apps.every(({ previews }) => previews.ttl === null)) {
    const message = 'It has no end: the configuration gives previews no "ttl".'
    return { code: 'no-ttl', message }
  }
  if (seconds !== null && seconds > LONGEST_DAYS * 24 * 3600) {
    const message = `${LONGEST_DAYS} days are the most; "/cargo preview pin" keeps it for longer.`
    return { code: 'too-long', message }
  }
  return { is: 'extend', seconds }
}

function concerned(subject: PreviewSubject, { is }: PreviewWord): PreviewSubject {
  if (is !== 'extend') return subject
  return { ...subject, apps: subject.apps.filter(({ previews }) => previews.ttl !== null) }
}
