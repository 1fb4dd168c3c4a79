import type { z } from 'zod'
import { nearest } from '../domain/nearest.ts'
import type { Document } from './document.ts'
import { type JsonSchema, propertiesOf, schemaAt } from './json-schema.ts'
import { LATER_GATES, LATER_KEYS } from './later-keys.ts'
import type { Problem } from './model.ts'
import { type Position, problemAt } from './problem.ts'
import { lookUp, type Path } from './tree.ts'

/** What zod found, and where it stands from the top of the file. */
export interface Issue {
  found: z.core.$ZodIssue
  path: Path
}

/** An issue of one form or another becomes those of the form that was meant. */
export function flatten(found: z.core.$ZodIssue, top: unknown, above: Path = []): Issue[] {
  const path = [...above, ...found.path.filter((step) => typeof step !== 'symbol')]
  if (found.code !== 'invalid_union') return [{ found, path }]
  const meant = found.errors.find(
    (branch) => !branch.some((each) => each.code === 'invalid_type' && each.path.length === 0),
  )
  if (meant !== undefined) return meant.flatMap((each) => flatten(each, top, path))
  const forms = found.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? [first.expected] : []))
  return [{ found: { code: 'invalid_type', expected: formOf(forms), message: '', path: [] }, path }]
}

type Expected = z.core.$ZodIssueInvalidType['expected']

/** Of several forms that may stand in one place. */
function formOf(forms: readonly Expected[]): Expected {
  if (forms.includes('boolean')) return forms.includes('object') ? 'true or mapping' : 'true or text'
  if (forms.includes('number') || forms.includes('int')) return 'number or list'
  return forms.includes('object') ? 'mapping or list' : 'text or list'
}

/** One problem for each unknown key, else one for the issue. */
export function toProblems({ found, path }: Issue, document: Document, schema: JsonSchema): Problem[] {
  if (found.code === 'unrecognized_keys')
    return found.keys.map((key) => unknownKey(key, path, document, schema))
  const value = lookUp(document.value, path)
  const { code, message, advice } = describe(found, path, value)
  const position =
    value === undefined
      ? document.valueAt(path.slice(0, -1))
      : value === null
        ? document.keyAt(path)
        : document.valueAt(path)
  return [problemAt(document.file, position, code, message, advice)]
}

function describe(
  found: z.core.$ZodIssue,
  path: Path,
  value: unknown,
): Pick<Problem, 'code' | 'message' | 'advice'> {
  const name = nameOf(path)
  const last = path.at(-1)
  switch (found.code) {
    case 'custom':
      return {
        code: String(found.params?.code),
        message: found.message,
        advice: String(found.params?.advice),
      }
    case 'invalid_value': {
      const values = found.values.map(String)
      return {
        code: 'invalid-value',
        message: `${name} must be ${list(values)}.`,
        advice: adviseValue(value, values),
      }
    }
    case 'too_small':
      if (isNumber(found.origin))
        return {
          code: 'invalid-value',
          message: `${name} must be at least ${found.minimum}.`,
          advice: 'Write a larger number, or remove the key.',
        }
      return {
        code: 'invalid-value',
        message: `${name} is an empty list.`,
        advice: 'Write at least one item, or remove the key.',
      }
    case 'too_big':
      if (isNumber(found.origin))
        return {
          code: 'invalid-value',
          message: `${name} must be at most ${found.maximum}.`,
          advice: 'Write a smaller number.',
        }
      return {
        code: 'invalid-value',
        message: `${name} has more than ${found.maximum} items.`,
        advice: 'Shorten it.',
      }
    case 'invalid_type': {
      if (value === undefined)
        return {
          code: 'missing',
          message: `${nameOf(path.slice(0, -1))} has no "${last}".`,
          advice: `Write "${last}: …" there.`,
        }
      const message =
        value === null
          ? `${name} is empty.`
          : `${name} must be ${expected(found.expected)}, but it is ${kind(value)}.`
      return { code: 'wrong-type', message, advice: adviseType(found.expected, value, last) }
    }
    default:
      return { code: 'invalid-value', message: `${name} is not valid.`, advice: null }
  }
}

function isNumber(origin: string): boolean {
  return origin === 'number' || origin === 'int'
}

/** The keys that unknown keys were probably meant to be. */
export function likelyMeant({ found, path }: Issue, schema: JsonSchema): Path[] {
  if (found.code !== 'unrecognized_keys') return []
  const known = keysAt(schema, path)
  return found.keys
    .map((key) => nearest(key, known))
    .filter((key) => key !== null)
    .map((key) => [...path, key])
}

function unknownKey(key: string, path: Path, document: Document, schema: JsonSchema): Problem {
  const known = keysAt(schema, path)
  const position: Position = document.keyAt([...path, key])
  const keys = path.at(-1) === 'gates' ? LATER_GATES : LATER_KEYS
  const later = Object.hasOwn(keys, key) ? keys[key] : undefined
  if (later !== undefined)
    return problemAt(
      document.file,
      position,
      'not-supported',
      `This version of Supercargo does not support "${key}".`,
      later,
    )
  const near = nearest(key, known)
  const home = near === null ? homeOf(schema, key) : null
  const all = `The keys here are ${known.join(', ')}.`
  const advice = near !== null ? `Did you mean "${near}"?` : home !== null ? `It belongs ${home}.` : all
  return problemAt(document.file, position, 'unknown-key', `The key "${key}" is not known here.`, advice)
}

/** Where a key that is not known here would be known. */
function homeOf(schema: JsonSchema, key: string): string | null {
  const has = (path: Path) => keysAt(schema, path).includes(key)
  if (has([])) return 'at the top of the file'
  if (has(['previews'])) return 'under "previews"'
  if (has(['environments', '*'])) return 'under an environment'
  return has(['accept', 0]) ? 'in an entry of "accept"' : null
}

function keysAt(schema: JsonSchema, path: Path): string[] {
  const here = schemaAt(schema, path)
  return here === null ? [] : Object.keys(propertiesOf(here))
}

function adviseValue(value: unknown, values: string[]): string {
  const near = typeof value === 'string' ? nearest(value, values) : null
  return near === null ? `Write ${list(values)}.` : `Did you mean ${near}?`
}

function adviseType(wanted: string, value: unknown, key: string | number | undefined): string {
  if (wanted === 'boolean') return 'Write true or false.'
  if (wanted === 'true or text') return 'Write true or false, or a text.'
  if (wanted === 'true or mapping')
    return `Write true or false, or the keys below it, each indented by two spaces and followed by a colon.`
  if (wanted === 'number or list') return 'Write a whole number, without quotes, or a list of them.'
  if (wanted === 'string' || wanted === 'text or list') {
    if (value === null) return 'Write its value after the colon, or remove the key.'
    if (Array.isArray(value))
      return key === 'image' ? 'Write "images" for several images.' : 'Write one text.'
    return typeof value === 'object'
      ? 'Put quotes around a text that begins with a brace, such as "{sha:7}".'
      : 'Put quotes around it.'
  }
  if (wanted === 'number' || wanted === 'int') return 'Write a whole number, without quotes.'
  if (wanted === 'array') return 'Write one item a line, each after a dash and a space.'
  return 'Write its keys below it, each indented by two spaces and followed by a colon.'
}

function expected(wanted: string): string {
  if (wanted === 'string') return 'text'
  if (wanted === 'boolean') return 'true or false'
  if (wanted === 'number' || wanted === 'int') return 'a whole number'
  if (wanted === 'text or list') return 'a text or a list of texts'
  if (wanted === 'true or text') return 'true, false or a text'
  if (wanted === 'true or mapping') return 'true, false or a mapping of keys to values'
  if (wanted === 'number or list') return 'a whole number or a list of them'
  if (wanted === 'mapping or list') return 'a mapping of keys to values, or a list of them'
  return wanted === 'array' ? 'a list' : 'a mapping of keys to values'
}

function kind(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'object'
    ? 'a mapping of keys to values'
    : `${value === true || value === false ? '' : 'the number '}${value}`
}

function nameOf(path: Path): string {
  const name = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
  return name === '' ? 'The file' : `"${name.replace(/^\./, '')}"`
}

function list(words: string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
