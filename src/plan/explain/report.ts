import type { Problem } from '../../config/model.ts'
import { codeSpan, escapeMarkdown, link, oneLine } from '../../domain/markdown.ts'
import type { Annotation, Report } from '../../forge/forge.ts'
import type { Standing } from '../action.ts'

/** GitHub shows at most this many characters of a title. */
const TITLE_LENGTH = 120

/** Of the 65,535 bytes that GitHub takes; the rest is for what stands around the lines. */
const MAX_BYTES = 60_000
const MAX_ANNOTATIONS = 100
const WAITING_SHOWN = 3

/** The report on a commit whose configuration (or policy) has problems: every one, where it stands. */
export function problemReport(what: string, problems: readonly Problem[]): Report {
  return {
    conclusion: 'failure',
    title: `The ${what} has ${countOf(problems)}`,
    summary: `Nothing is changed until the ${what} is mended.\n\n${problemLines(problems)}`,
    annotations: annotationsOf(problems),
  }
}

/** `2 problems` */
export function countOf(problems: readonly Problem[]): string {
  return `${problems.length} problem${problems.length === 1 ? '' : 's'}`
}

/** Problems as a list of at most 60,000 bytes. */
export function problemLines(problems: readonly Problem[]): string {
  const lines = problems.map((problem) => {
    const advice = problem.advice === null ? '' : ` ${escapeMarkdown(problem.advice, 500)}`
    const where = codeSpan(`${problem.file}:${problem.line}:${problem.column}`)
    return `- ${where} ${escapeMarkdown(problem.message, 500)}${advice}`
  })
  return asManyAsFit(lines)
}

/** The first problems, each at its line. */
export function annotationsOf(problems: readonly Problem[]): Annotation[] {
  return problems.slice(0, MAX_ANNOTATIONS).map(({ file, line, column, message, advice }) => ({
    path: file,
    line,
    column,
    message: advice === null ? message : `${message} ${advice}`,
  }))
}

/** A title as long as GitHub shows one. */
export function fittingTitle(title: string): string {
  return title.length > TITLE_LENGTH ? `${title.slice(0, TITLE_LENGTH - 1)}…` : title
}

/** The report on the head of an application repository: how every target stands. */
export function standingReport(
  standings: readonly Standing[],
  confidential: (target: string) => boolean,
): Report {
  const title = standings
    .toSorted((a, b) => Number(isPressing(b)) - Number(isPressing(a)))
    .map((standing) => `${standing.target}: ${headline(standing, confidential(standing.target))}`)
    .join(', ')
  return {
    conclusion: conclusionOf(standings),
    title: fittingTitle(title),
    summary: standingTable(standings, confidential),
    annotations: [],
  }
}

/** How every target stands, as a table of at most 60,000 bytes. */
export function standingTable(
  standings: readonly Standing[],
  confidential: (target: string) => boolean,
): string {
  const rows = standings.map((standing) => row(standing, confidential(standing.target)))
  return `| target | state | now | should be | why |\n|---|---|---|---|---|\n${asManyAsFit(rows)}`
}

function asManyAsFit(lines: readonly string[]): string {
  let bytes = 0
  const cut = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > MAX_BYTES
  })
  return cut === -1
    ? lines.join('\n')
    : `${lines.slice(0, cut).join('\n')}\n\n… and ${lines.length - cut} more.`
}

/** An image that is judged unfit is told as soon as that is known; one that is not signed may be signed in a moment. */
function conclusionOf(standings: readonly Standing[]): Report['conclusion'] {
  const lacks = (standing: Standing, code: string) =>
    standing.waiting?.[0]?.waits.some(({ reason }) => reason.code === code) === true
  const isWrong = (each: Standing) =>
    each.state === 'refused' || each.late !== undefined || lacks(each, 'scan-vulnerable')
  if (standings.some(isWrong)) return 'failure'
  const isOpen = (each: Standing) => each.state === 'held' || lacks(each, 'signature-invalid')
  return standings.some(isOpen) ? 'neutral' : 'success'
}

/** Of a manifest repository that not every reader of the report may read, only the state is told. */
function row(standing: Standing, confidential: boolean): string {
  const { target, state, from, to, reason, url, late } = standing
  if (confidential) return `| ${target} | ${state} | – | – | ${late?.code ?? reason.code} |`
  const words = url === null ? state : link(state, url)
  return `| ${target} | ${words} | ${version(from)} | ${version(to)} | ${why(standing)} |`
}

/** A title is short: what needs an eye stands first in it. */
function isPressing({ state, waiting = [], late }: Standing): boolean {
  return state === 'refused' || late !== undefined || waiting.length > 0
}

/** On GitLab the title is all that is shown of a report that is no failure: it says what the newest version lacks. */
function headline({ state, waiting, reason, late }: Standing, confidential: boolean): string {
  if (late !== undefined) return 'late'
  const awaited = waiting?.[0]?.waits[0]?.reason
  if (awaited === undefined || confidential) return state
  const lacks = oneLine(awaited.message, TITLE_LENGTH).replace(/\.$/, '')
  return awaited.code === reason.code ? lacks : `${state}; ${lacks}`
}

/** What is late, why the target stands as it does, and what its newer versions wait for; each once. */
function why({ reason, waiting = [], late }: Standing): string {
  const newer = waiting.slice(0, WAITING_SHOWN).flatMap(({ waits }) => waits)
  const pages = new Map(newer.map((wait) => [wait.reason.message, wait.url]))
  const messages = [reason.message, ...pages.keys()].filter((message) => !late?.message.includes(message))
  const told = [...(late === undefined ? [] : [late.message]), ...new Set(messages)].map((message) => {
    const page = pages.get(message) ?? null
    return `${escapeMarkdown(message, 1000)}${page === null ? '' : ` (${link('details', page)})`}`
  })
  const rest = waiting.length - WAITING_SHOWN
  return [...told, ...(rest > 0 ? [`${rest} more versions are not ready.`] : [])].join(' ')
}

function version(text: string | null): string {
  return text === null ? '–' : codeSpan(text)
}
