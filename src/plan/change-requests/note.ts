import { escapeMarkdown } from '../../domain/markdown.ts'

/**
 * A remark of the bot's at the top of a body that it must otherwise leave alone, because a person has taken
 * the change request over.
 */
const START = '<!-- supercargo:note -->'
const END = '<!-- /supercargo:note -->'

/** The body with this note, of plain text, and no other; null removes it. Doing it twice changes nothing. */
export function withNote(body: string, note: string | null): string {
  const start = body.indexOf(START)
  const end = body.indexOf(END, start)
  const rest =
    start === -1 || end === -1 ? body : body.slice(0, start) + body.slice(end + END.length).trimStart()
  return note === null ? rest : `${START}\n> [!NOTE]\n> ${escapeMarkdown(note, 1000)}\n${END}\n\n${rest}`
}
