import { SupercargoError } from '../../domain/errors.ts'
import {
  FIELD_VARIABLES,
  type FieldValues,
  readFieldValue,
  VERSION_VARIABLES,
} from '../../domain/field-value.ts'
import { placeholdersIn, renderText, type TemplatePart } from '../../domain/template.ts'
import type { Refusal, TextFile } from '../editor.ts'

/** Lines of a template that are compared with those of a file, to learn which version the file has. */
const MAX_LINES = 20

/**
 * The file that a template makes of the values. No value can leave the scalar or comment that it stands in, see
 * renderText(). A template that names no version is refused, for it would be copied as it is.
 */
export function renderFile(template: TextFile, values: FieldValues): string | Refusal {
  const refusal = (code: string, message: string) => ({
    code,
    message,
    path: template.path,
    line: 1,
    column: 1,
  })
  const named = placeholdersIn(template.text, VERSION_VARIABLES)
  if (named.length === 0) {
    const names = VERSION_VARIABLES.map((name) => `{${name}}`).join(', ')
    return refusal('template-without-version', `The template names none of ${names}.`)
  }
  try {
    return renderText(template.text, FIELD_VARIABLES, values)
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    return refusal(error.code, `${error.message} ${error.advice ?? ''}`.trim())
  }
}

/**
 * The values in a file that the template made, read from the first line that says a version; null when no line
 * looks like one of the template's.
 */
export function valuesInRendered(template: string, rendered: string): FieldValues | null {
  const patterns = template
    .split(/\r?\n/)
    .filter((line) => placeholdersIn(line, VERSION_VARIABLES).length > 0)
    .slice(0, MAX_LINES)
    .map(linePattern)
    .filter((parts) => parts.length > 0)
  for (const line of rendered.split(/\r?\n/)) {
    for (const parts of patterns) {
      const values = readFieldValue({ parts }, line) ?? readFieldValue({ parts: quoted(parts) }, line)
      if (values !== null) return values
    }
  }
  return null
}

/** A line of the template as text and variables; [] when it names one twice, for that is not read back. */
function linePattern(line: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  const found = placeholdersIn(line, FIELD_VARIABLES)
  if (new Set(found.map(({ name }) => name)).size < found.length) return []
  let end = 0
  for (const { start, name, length, ...at } of found) {
    parts.push({ kind: 'text', text: line.slice(end, start) }, { kind: 'variable', name, length })
    end = at.end
  }
  return [...parts, { kind: 'text', text: line.slice(end) }]
}

/** The quotes that renderText() puts around a value that would be read as a number. */
function quoted(parts: TemplatePart[]): TemplatePart[] {
  const quote = { kind: 'text', text: '"' } as const
  return parts.flatMap((part): TemplatePart[] => (part.kind === 'variable' ? [quote, part, quote] : [part]))
}
