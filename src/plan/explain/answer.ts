import type { CommandEntry, Need } from '../../command/command.ts'
import { NAMESPACE } from '../../command/read-comment.ts'
import { usage } from '../../command/usage.ts'
import { codeBlock, codeSpan, escapeMarkdown, fitting, link } from '../../domain/markdown.ts'
import type { Action, Reason } from '../action.ts'
import type { World } from '../world.ts'
import { difference, headline } from './action.ts'

/** The bot's one comment with answers on a pull request holds this; with the author it is what finds it again. */
export const ANSWER_MARKER = '<!-- supercargo:commands:v1 -->'

/** GitHub takes 65,536 characters. */
const MOST_CHARACTERS = 60_000
const MOST_ACTIONS = 20
const MOST_LINES = 80
/** All diffs of an answer together, so that no fence is cut. */
const MOST_OF_ACTIONS = 50_000

/** What has become of one command, or of a whole comment. */
export interface Decision {
  /** The line of the comment; null for what concerns all of it. */
  written: string | null
  done: boolean
  /** The message may hold foreign text. */
  reason: Reason
  /** Markdown, already safe; '' for none. */
  details: string
}

/** The comment that answers another one. */
export function answerComment(login: string, url: string, decisions: readonly Decision[]): string {
  const parts = decisions.map(({ written, done, reason, details }) => {
    const what = written === null ? '' : `${codeSpan(written)} `
    const said = `${what}${done ? '🚀' : '😕'} ${escapeMarkdown(reason.message, 1000)} (${codeSpan(reason.code)})`
    return details === '' ? said : `${said}\n\n${details}`
  })
  const from = `${link('What was asked', url)} by ${escapeMarkdown(login)}. The next answer takes the place of this one.`
  return fitting(
    [`${ANSWER_MARKER}\n${parts.join('\n\n')}`, `<sub>${from}</sub>`].join('\n\n'),
    MOST_CHARACTERS,
  )
}

/** The commands that somebody may use, as a table. */
export function helpTable(registry: readonly CommandEntry[], may: (need: Need) => boolean): string {
  const rows = registry
    .filter(({ needs }) => may(needs))
    .map((entry) => `| ${codeSpan(`/${NAMESPACE} ${usage(entry)}`)} | ${entry.does} |`)
  return ['| command | what it does |', '|---|---|', ...rows].join('\n')
}

/**
 * Every action with the difference that it makes.
 * @param isHidden what not every reader may know of: only that there is something is told
 */
export function actionList(
  actions: readonly Action[],
  world: World,
  isHidden: (action: Action) => boolean,
): string {
  const open = actions.filter((action) => !isHidden(action))
  let characters = 0
  const shown = open
    .slice(0, MOST_ACTIONS)
    .map((action) => section(action, world))
    .filter((text) => {
      characters += text.length
      return characters <= MOST_OF_ACTIONS
    })
  const rest = open.length - shown.length
  const hidden = actions.length - open.length
  return [
    ...shown,
    ...(rest > 0 ? [`… and ${rest} more, which are too much to show here.`] : []),
    ...(hidden > 0 ? [`… and ${hidden} more, in private manifests that not every reader may know.`] : []),
  ].join('\n\n')
}

function section(action: Action, world: World): string {
  const lines = difference(action)
  const more = lines.length - MOST_LINES
  const block = lines.length === 0 ? [] : [codeBlock(lines.slice(0, MOST_LINES), 'diff')]
  const target = action.target === null ? '' : `${escapeMarkdown(action.target)}: `
  return [
    `**${target}${action.kind.replaceAll('-', ' ')}** ${escapeMarkdown(headline(action, world))} in ${escapeMarkdown(action.repository.path)}. ${escapeMarkdown(action.reason.message, 1000)}`,
    ...block,
    ...(more > 0 ? [`… and ${more} more lines.`] : []),
  ].join('\n\n')
}
