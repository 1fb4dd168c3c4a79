import type { Policy, Problem, SourceConfig } from '../../config/model.ts'
import { codeSpan, escapeMarkdown } from '../../domain/markdown.ts'
import { PREVIEWS } from '../../domain/names.ts'
import type { Vocabulary } from '../../domain/vocabulary.ts'
import type { Report } from '../../forge/forge.ts'
import { annotationsOf, countOf, fittingTitle, problemLines } from './report.ts'

/** What a pull request would make of the configuration, or of the policy. */
export type Verdict = { what: 'configuration' | 'policy' } & (
  | { kind: 'valid'; value: SourceConfig | Policy }
  | { kind: 'broken'; problems: Problem[] }
  /** There would be none. */
  | { kind: 'none' }
  /** It changes a file that is not read, because there is another one that comes first. */
  | { kind: 'unread'; file: string; before: string }
)

/**
 * The report on the head of a pull request that changes configuration or policy.
 * @param verdicts at least one
 */
export function proposalReport(
  verdicts: readonly Verdict[],
  defaultBranch: string,
  { changeRequest }: Vocabulary,
): Report {
  const problems = verdicts.flatMap((verdict) => (verdict.kind === 'broken' ? verdict.problems : []))
  const only = `It was checked, and nothing more: until this is on ${codeSpan(defaultBranch)}, what is there counts.`
  const told = verdicts.map((verdict) => `This ${changeRequest} ${sentenceOf(verdict)}`)
  const lines = problems.length === 0 ? [] : [problemLines(problems)]
  const isFine = verdicts.every(({ kind }) => kind === 'valid')
  return {
    conclusion: problems.length > 0 ? 'failure' : isFine ? 'success' : 'neutral',
    title: fittingTitle(verdicts.map(titleOf).join('; ')),
    summary: [...told, only, ...lines].join('\n\n'),
    annotations: annotationsOf(problems),
  }
}

function titleOf(verdict: Verdict): string {
  const what = `The proposed ${verdict.what}`
  switch (verdict.kind) {
    case 'valid':
      return `${what} is valid: ${contentOf(verdict.value)}`
    case 'broken':
      return `${what} has ${countOf(verdict.problems)}`
    case 'none':
      return `There would be no ${verdict.what}`
    case 'unread':
      return `${verdict.file} is not read: ${verdict.before} comes first`
  }
}

function sentenceOf(verdict: Verdict): string {
  const { what } = verdict
  switch (verdict.kind) {
    case 'valid':
      return `changes the ${what}. It is valid: ${escapeMarkdown(contentOf(verdict.value), 1000)}.`
    case 'broken':
      return `changes the ${what}, which then has ${countOf(verdict.problems)}. With a problem in it, none of it is used.`
    case 'none':
      return what === 'policy'
        ? 'leaves no policy: then nothing merges by itself, and nobody may promote.'
        : 'leaves no configuration: then nothing follows this repository any more, and its previews go.'
    case 'unread':
      return `changes ${codeSpan(verdict.file)}, which is not read, because ${codeSpan(verdict.before)} comes first.`
  }
}

/** What it names. */
function contentOf(value: SourceConfig | Policy): string {
  if ('accept' in value) return `${value.accept.length} ${value.accept.length === 1 ? 'entry' : 'entries'}`
  const apps = value.apps.map(({ name, environments, previews }) => {
    const targets = [...environments.map((each) => each.name), ...(previews === null ? [] : [PREVIEWS])]
    return `${name} (${targets.join(', ')})`
  })
  return apps.join(', ')
}
