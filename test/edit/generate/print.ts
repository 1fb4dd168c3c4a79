import type { Slot, Tree } from './tree.ts'

/** A manifest as text: `pieces` are what stands around the slots, in order. */
export interface Printed {
  pieces: string[]
  /** As written, with quotes. */
  slots: { text: string; now: string; quote: string }[]
}

/** Makes the next decision about style: a number below `n`. */
export type Choose = (n: number) => number

const PLAIN = /^[a-zü][a-zü 🚢]*[a-zü🚢]$/u
const NOT_STRINGS = /^(?:on|off|yes|no|true|false|null|y|n)$/

/** Prints a tree as YAML in a style that the choices decide, or as JSON. */
export function print(tree: Tree, isJson: boolean, choose: Choose): Printed {
  const printed: Printed = { pieces: [''], slots: [] }
  const put = (text: string): void => {
    printed.pieces[printed.pieces.length - 1] += text
  }
  const putScalar = (value: Tree, isFlow: boolean, indent: number): void => {
    if (isSlot(value)) {
      const quote = isJson ? '"' : (['', '', '"', "'"][choose(4)] ?? '')
      printed.slots.push({ text: `${quote}${value.old}${quote}`, now: value.now, quote })
      printed.pieces.push('')
    } else if (typeof value !== 'string' || isJson) put(JSON.stringify(value))
    else if (PLAIN.test(value) && !NOT_STRINGS.test(value) && choose(3) > 0) put(value)
    else if (value.endsWith('\n') && !isFlow) put(`|\n${block(value, indent + 1 + choose(3))}`)
    else if (!value.includes('\n') && choose(2)) put(`'${value.replaceAll("'", "''")}'`)
    else put(JSON.stringify(value))
  }
  const putKey = (key: string): void =>
    put(isJson || !PLAIN.test(key) || NOT_STRINGS.test(key) || choose(5) === 0 ? JSON.stringify(key) : key)
  const putFlow = (node: Tree, depth: number): void => {
    const gap = isJson && choose(2) ? `\n${' '.repeat(depth)}` : ' '.repeat(choose(2))
    if (!isCollection(node)) {
      putScalar(node, true, 0)
      return
    }
    const entries = Array.isArray(node)
      ? node.map((item): [null, Tree] => [null, item])
      : Object.entries(node)
    put(Array.isArray(node) ? '[' : '{')
    entries.forEach(([key, value], n) => {
      put(n === 0 ? gap : `,${gap || ' '}`)
      if (key !== null) {
        putKey(key)
        put(': ')
      }
      putFlow(value, depth + 1)
    })
    put(`${gap}${Array.isArray(node) ? ']' : '}'}`)
  }
  const endLine = (): void => {
    if (printed.pieces.at(-1)?.endsWith('\n')) return
    put(['\n', '\n', ' # ghcr.io/acme/web:v1 \t#\n', '   \n'][choose(4)] ?? '')
  }
  const between = (indent: number): void =>
    put(['', '', '\n', `${' '.repeat(indent)}# image: ghcr.io/acme/web:v1\n`][choose(4)] ?? '')
  const putBlock = (node: Tree, indent: number): void => {
    if (!isCollection(node) || Object.keys(node).length === 0 || choose(6) === 0) {
      put(' ')
      if (isCollection(node)) putFlow(node, indent)
      else putScalar(node, false, indent)
      endLine()
      return
    }
    put('\n')
    putItems(node, indent, false)
  }
  const putItems = (node: Tree[] | Record<string, Tree>, indent: number, isOpen: boolean): void => {
    const pad = ' '.repeat(indent)
    Object.entries(node).forEach(([key, value], n) => {
      if (n > 0) between(indent)
      if (n > 0 || !isOpen) put(pad)
      if (Array.isArray(node)) {
        put('-')
        const isMap = isCollection(value) && !Array.isArray(value) && Object.keys(value).length > 0
        const gap = 1 + choose(3)
        if (isMap && choose(4) > 0) {
          put(' '.repeat(gap))
          putItems(value, indent + 1 + gap, true)
        } else putBlock(value, indent + 2)
      } else {
        putKey(key)
        put(':')
        putBlock(value, indent + (Array.isArray(value) ? choose(2) * 2 : 1 + choose(4)))
      }
    })
  }
  if (isJson) putFlow(tree, 1)
  else {
    put(['', '---\n', '# ünï\n\n', '---\n# c\n', '\uFEFF', '%YAML 1.2\n---\n'][choose(6)] ?? '')
    if (isCollection(tree)) putItems(tree, 0, false)
    put(['', '\n\n', '# end', '...\n', '---\nnext: document\n'][choose(5)] ?? '')
  }
  return printed
}

function isSlot(value: Tree): value is Slot {
  return typeof value === 'object' && value !== null && 'plain' in value
}

function isCollection(value: Tree): value is Tree[] | Record<string, Tree> {
  return typeof value === 'object' && value !== null && !isSlot(value)
}

function block(text: string, indent: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(indent))
}

/** The tree as plain values, with the text of each slot before or after. */
export function plainValue(tree: Tree, side: 'old' | 'now'): unknown {
  if (isSlot(tree)) return tree[side]
  if (Array.isArray(tree)) return tree.map((item) => plainValue(item, side))
  if (typeof tree !== 'object' || tree === null) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, plainValue(value, side)]))
}
