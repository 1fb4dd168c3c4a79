import { type Parsed, right, wrong } from './parsed.ts'

/** The name of a label, such as `preview` or `env::preview`. */
export function parseLabel(text: string): Parsed<string> {
  if (text.trim() === text && text !== '' && text.length <= 255 && !/\p{Cc}/u.test(text)) return right(text)
  return wrong(
    `${JSON.stringify(text.slice(0, 80))} is not the name of a label.`,
    'Write the name as the forge shows it, such as preview.',
  )
}
