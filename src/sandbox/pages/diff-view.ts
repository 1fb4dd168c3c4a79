import { html } from 'hono/html'
import type { FileDiff } from '../git/diff.ts'
import type { Html } from './page-context.ts'
import { plural } from './parts.ts'

/** Diffs of more lines than this are not shown. */
const LINES = 3_000

/** Changed files with their coloured lines. */
export function diffView(files: readonly FileDiff[]): Html {
  if (files.length === 0) return html`<p class="muted">No file differs.</p>`
  return html`<p class="muted">Showing ${plural(files.length, 'changed file')} with ${sizes(files)}.</p>
${files.map(fileView)}`
}

/** `+3 −1` over all files. */
export function sizes(files: readonly Pick<FileDiff, 'additions' | 'deletions'>[]): Html {
  const sum = (key: 'additions' | 'deletions'): number => files.reduce((total, file) => total + file[key], 0)
  return html`<span class="plus">+${sum('additions')}</span> <span class="minus">−${sum('deletions')}</span>`
}

function fileView(file: FileDiff): Html {
  const name = file.previousPath === null ? file.path : `${file.previousPath} → ${file.path}`
  const mode = file.oldMode !== null && file.newMode !== null && file.oldMode !== file.newMode
  return html`<section class="box" id="diff-${encodeURIComponent(file.path)}">
  <div class="head"><span class="mono grow strong">${name}</span>
    ${file.status === 'modified' ? '' : html`<span class="tag">${file.status}</span>`}
    ${mode ? html`<span class="tag">mode ${file.oldMode} → ${file.newMode}</span>` : ''}
    ${sizes([file])}</div>
  ${body(file)}
</section>`
}

function body(file: FileDiff): Html {
  if (file.binary) return html`<div class="body muted">A binary file.</div>`
  if (file.patch === null) return html``
  const lines = file.patch.split('\n')
  if (lines.length > LINES) return html`<div class="body muted">The diff is too large to show.</div>`
  return html`<div class="scroll"><table class="code"><tbody>${paired(numbered(lines)).map(row)}</tbody></table></div>`
}

interface Line {
  kind: 'add' | 'del' | 'hunk' | ''
  sign: string
  text: string
  /** The part of the text that differs from its counterpart: from and to. */
  changed?: [number, number]
  before: number | null
  after: number | null
}

function numbered(lines: readonly string[]): Line[] {
  let before = 0
  let after = 0
  return lines.map((line): Line => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line)
    if (hunk !== null) {
      before = Number(hunk[1])
      after = Number(hunk[2])
      return { kind: 'hunk', sign: '', text: line, before: null, after: null }
    }
    const sign = line[0] ?? ' '
    const text = line.slice(1)
    if (sign === '+') return { kind: 'add', sign, text, before: null, after: after++ }
    if (sign === '-') return { kind: 'del', sign: '−', text, before: before++, after: null }
    if (sign === '\\') return { kind: 'hunk', sign: '', text: text.trim(), before: null, after: null }
    return { kind: '', sign: '', text, before: before++, after: after++ }
  })
}

/** Marks what differs between removed lines and the same number of added lines that follow them. */
function paired(lines: Line[]): Line[] {
  const marked = [...lines]
  for (let start = 0; start < lines.length; start += 1) {
    const removed = runLength(lines, start, 'del')
    const added = runLength(lines, start + removed, 'add')
    for (let index = start; removed === added && index < start + removed; index += 1) {
      const [before, after] = [lines[index], lines[index + removed]]
      if (before === undefined || after === undefined) continue
      const [head, tail] = commonEnds(before.text, after.text)
      if (head + tail === 0) continue
      marked[index] = { ...before, changed: [head, before.text.length - tail] }
      marked[index + removed] = { ...after, changed: [head, after.text.length - tail] }
    }
    start += removed + added
  }
  return marked
}

function runLength(lines: Line[], start: number, kind: Line['kind']): number {
  let end = start
  while (lines[end]?.kind === kind) end += 1
  return end - start
}

/** Lengths of what two texts begin and end with alike, by whole words. */
function commonEnds(a: string, b: string): [head: number, tail: number] {
  const [left, right] = [a.split(/\b/), b.split(/\b/)]
  const shorter = Math.min(left.length, right.length)
  let head = 0
  while (head < shorter && left[head] === right[head]) head += 1
  let tail = 0
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1
  const length = (parts: string[]): number => parts.join('').length
  return [length(left.slice(0, head)), length(left.slice(left.length - tail))]
}

function row({ kind, sign, text, before, after, changed = [0, 0] }: Line): Html {
  const [from, to] = changed
  const mark = from < to ? html`<mark>${text.slice(from, to)}</mark>` : ''
  return html`<tr class="${kind}"><td class="line" data-line="${before ?? ''}"></td><td class="line" data-line="${
    after ?? ''
  }"></td><td class="sign">${sign}</td><td>${text.slice(0, from)}${mark}${text.slice(to)}</td></tr>`
}
