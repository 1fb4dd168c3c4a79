import type { Environment } from '../../config/model.ts'
import type { Waiting } from '../action.ts'
import type { Present } from '../environments/present.ts'
import type { Answers } from '../questions.ts'
import { builtTags, compareBuilt, notBuilt } from './built-tags.ts'
import type { Choice } from './choices.ts'
import { HOLDS, type Verdict } from './wait.ts'

/** Choices with the tags that CI gave them. */
export interface NamedChoices {
  choices: readonly Choice[]
  present: Present[]
  /** Why a choice has no tag. */
  untagged(choice: Choice): Verdict
  /** Holds when the tags are known. */
  verdict: Verdict
}

/** Looks up in the registry what nobody can compute; nothing is asked where every choice has its tag. */
export function nameChoices(
  answers: Answers,
  environment: Environment,
  choices: readonly Choice[],
  { present, branch }: { present: Present[]; branch: string },
): NamedChoices {
  const [image] = environment.images
  if (image === undefined || choices.every(({ tag }) => tag !== null))
    return { choices, present, untagged: () => HOLDS, verdict: HOLDS }
  const commits = choices.map(({ commit }) => commit)
  const { tags, silent, verdict } = builtTags(answers, environment, {
    commits,
    present: present.map(({ tag }) => tag),
    branch,
  })
  const tagOf = (commit: string) => tags.get(commits.find((each) => each.startsWith(commit)) ?? '') ?? null
  return {
    choices: choices.map(({ commit, tag }) => ({ commit, tag: tag ?? newest(commit, tagOf(commit)) })),
    // what stands there may be the commit itself
    present: present.map((each) => {
      const tag = each.commit === each.tag ? tagOf(each.commit) : null
      return tag === null ? each : { ...each, tag, shown: tag }
    }),
    untagged: (choice) => notBuilt(nameOf(choice), environment, silent),
    verdict,
  }

  /** A commit that is built anew gets a newer tag, and never an older one. */
  function newest(commit: string, tag: string | null): string | null {
    const mine = present.filter((each) => each.commit !== null && commit.startsWith(each.commit))
    return mine.reduce<string | null>(
      (best, each) =>
        best !== null && each.commit !== each.tag && compareBuilt(environment.tag, each.tag, best) > 0
          ? each.tag
          : best,
      tag ?? mine.find((each) => each.commit !== each.tag)?.tag ?? null,
    )
  }
}

/** How a version is named that may have no tag yet. */
export function nameOf({ commit, tag }: Choice): string {
  return tag ?? commit.slice(0, 7)
}

export function waitingFor(choice: Choice, { waits }: Verdict): Waiting {
  return { version: nameOf(choice), waits }
}
