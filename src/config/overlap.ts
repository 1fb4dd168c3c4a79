import { PREVIEW_PATH_VARIABLES, parseTemplate, readTemplate } from '../domain/template.ts'

/** True when one path could be the other or lie within it, whatever the values of their variables. */
export function mayOverlap(a: string, b: string): boolean {
  const others = b.split('/')
  return a
    .split('/')
    .slice(0, others.length)
    .every((component, index) => mayBeSame(component, others[index] ?? ''))
}

function mayBeSame(a: string, b: string): boolean {
  if (!a.includes('{') && !b.includes('{')) return a === b
  if (!b.includes('{')) return readTemplate(parseTemplate(a, PREVIEW_PATH_VARIABLES), b) !== null
  if (!a.includes('{')) return mayBeSame(b, a)
  const [left, right] = [literalStart(a), literalStart(b)]
  return left.startsWith(right) || right.startsWith(left)
}

function literalStart(component: string): string {
  return component.slice(0, component.indexOf('{'))
}
