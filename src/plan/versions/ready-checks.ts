import type { Oid } from '../../domain/commit.ts'
import { globMatches } from '../../domain/glob.ts'
import type { Check } from '../../forge/checks.ts'
import { type Answers, answerTo, type Known } from '../questions.ts'
import { allOf, asks, HOLDS, lacks, unanswered, type Verdict } from './wait.ts'

/** A commit whose checks must have passed. */
export interface CheckedCommit {
  commit: Oid
  /** The one whose protection says which checks are required. */
  branch: string
  /** For texts: the tag of the version. */
  tag: string
}

/**
 * The checks of a commit: those that are named (globs) must all be there and have passed; where none is named, those
 * that the branch requires; where it requires none, all there are, and at least one.
 */
export function checksOf(answers: Answers, names: readonly string[], subject: CheckedCommit): Verdict {
  const { commit, branch, tag } = subject
  const question = { about: 'checks' as const, commit, branch }
  const answer = answerTo(answers, question)
  if (answer === null) return asks(question)
  if (!answer.known) return unanswered(`Whether the checks of ${tag} have passed`, answer)
  return judge(answer.value, names, tag)
}

function judge({ required, checks }: Known['checks'], names: readonly string[], tag: string): Verdict {
  if (names.length > 0) {
    return allOf(
      names.map((glob) =>
        passed(
          checks.filter(({ name }) => globMatches(glob, name)),
          glob,
          tag,
        ),
      ),
    )
  }
  if (required.length > 0) {
    return allOf(
      required.map((wanted) =>
        passed(
          checks.filter(({ name }) => name === wanted),
          wanted,
          tag,
        ),
      ),
    )
  }
  if (checks.length > 0) return allOf(checks.map((check) => passed([check], check.name, tag)))
  const message = `${tag} waits for its checks: there is none yet.`
  return lacks({ code: 'waits-for-checks', message }, true)
}

/** @param wanted the name, or the glob, of the check */
function passed(found: readonly Check[], wanted: string, tag: string): Verdict {
  if (found.length === 0) {
    const message = `${tag} waits for the check ${wanted}, of which nothing is known yet.`
    return lacks({ code: 'waits-for-check', message }, true)
  }
  return allOf(
    found.map(({ name, state, url }) => {
      if (state === 'passed') return HOLDS
      const message =
        state === 'failed'
          ? `${tag} is passed over, for its check ${name} has failed.`
          : `${tag} waits for the check ${name}.`
      const code = state === 'failed' ? 'check-failed' : 'waits-for-check'
      return lacks({ code, message }, state === 'pending', url)
    }),
  )
}
