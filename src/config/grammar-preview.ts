import { PAGE_VARIABLES, parseTemplate, type Template } from '../domain/template.ts'
import { attempt, type Parsed, right, wrong } from './parsed.ts'

/** The name of a label, such as `preview` or `env::preview`. */
export function parseLabel(text: string): Parsed<string> {
  if (text.trim() === text && text !== '' && text.length <= 255 && !/\p{Cc}/u.test(text)) return right(text)
  return wrong(
    `${JSON.stringify(text.slice(0, 80))} is not the name of a label.`,
    'Write the name as the forge shows it, such as preview.',
  )
}

/** A share such as `50%`: in whole numbers, from 1 to 100. */
export function parseShare(text: string): Parsed<number> {
  if (/^(?:[1-9][0-9]?|100)%$/.test(text)) return right(Number.parseInt(text, 10))
  return wrong(
    `${JSON.stringify(text.slice(0, 80))} is neither a number of previews nor a share of them.`,
    'Write a whole number from 1 to 1000, or a share such as 50%.',
  )
}

/** The page of a preview that is asked whether it answers: `/healthz`. */
export function parsePagePath(text: string): Parsed<string> {
  if (/^\/(?![/\\])[A-Za-z0-9._~:/?@!$&()*+,;=%-]*$/.test(text)) return right(text)
  return wrong(
    `${JSON.stringify(text.slice(0, 80))} is not the path of a page.`,
    'Write it such as /healthz; the host is that of "url".',
  )
}

/** What the page must hold: `{sha}`, `version: {tag}`. */
export function parseExpected(text: string): Parsed<Template> {
  if (text.trim() === '' || text.length > 200 || /\p{Cc}/u.test(text))
    return wrong(
      'The text that is expected is empty, longer than 200 characters, or has several lines.',
      'Write what only the page of this commit holds, such as "{sha}".',
    )
  return attempt(() => parseTemplate(text, PAGE_VARIABLES))
}
