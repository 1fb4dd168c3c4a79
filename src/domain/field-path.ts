import { SupercargoError } from './errors.ts'

/**
 * Where a value stands in a YAML or JSON document: `spec.source.git.revision`, `containers[name=web].image`,
 * `items[0].tag`, `metadata.labels["app.kubernetes.io/version"]`.
 */
export interface FieldPath {
  source: string
  steps: FieldStep[]
}

export type FieldStep =
  | { kind: 'key'; key: string }
  /** From 0. */
  | { kind: 'index'; index: number }
  /** The one item of a list whose key has this value. */
  | { kind: 'item'; key: string; value: string }

const WORD = /[^\s.[\]"'={}]+/.source
const QUOTED = /"[^"\\\n]*"|'[^'\\\n]*'/.source
const STEP = new RegExp(
  `(?<key>${WORD})|\\[(?:(?<index>0|[1-9][0-9]{0,5})|(?<quoted>${QUOTED})|(?<name>${WORD}|${QUOTED})=(?<value>${QUOTED}|[^\\s\\]"']+))\\]`,
  'y',
)

/** @throws SupercargoError `field-path-invalid` */
export function parseFieldPath(source: string): FieldPath {
  const steps: FieldStep[] = []
  let at = 0
  while (at < source.length) {
    const dot = source.charAt(at) === '.'
    const needsDot = at > 0 && source.charAt(at) !== '['
    if (dot !== needsDot) throw invalid(source, at)
    STEP.lastIndex = dot ? at + 1 : at
    const groups = STEP.exec(source)?.groups
    if (groups === undefined || (dot && groups.key === undefined)) throw invalid(source, at)
    steps.push(stepOf(groups))
    at = STEP.lastIndex
  }
  if (steps.length === 0) throw invalid(source, 0)
  return { source, steps }
}

/** The first steps of a path, as they would be written. */
export function showSteps(steps: readonly FieldStep[]): string {
  return steps
    .map((step, index) => {
      if (step.kind === 'index') return `[${step.index}]`
      if (step.kind === 'item') return `[${step.key}=${step.value}]`
      return new RegExp(`^${WORD}$`).test(step.key)
        ? `${index === 0 ? '' : '.'}${step.key}`
        : `[${JSON.stringify(step.key)}]`
    })
    .join('')
}

function stepOf(groups: Record<string, string | undefined>): FieldStep {
  const { key, index, quoted, name = '', value = '' } = groups
  if (key !== undefined) return { kind: 'key', key }
  if (index !== undefined) return { kind: 'index', index: Number(index) }
  if (quoted !== undefined) return { kind: 'key', key: unquoted(quoted) }
  return { kind: 'item', key: unquoted(name), value: unquoted(value) }
}

function unquoted(text: string): string {
  return /^["']/.test(text) ? text.slice(1, -1) : text
}

function invalid(source: string, at: number): SupercargoError {
  const where = at === 0 ? 'at its start' : `behind "${source.slice(0, at)}"`
  return new SupercargoError(`"${source}" is not a path to a value: it cannot be read ${where}.`, {
    code: 'field-path-invalid',
    kind: 'permanent',
    advice:
      'Write keys with dots between them, [0] or [name=web] for an item of a list, and quotes around a key with dots: metadata.labels["app.kubernetes.io/version"].',
  })
}
