import { table } from '../src/cli/table.ts'

export type Cell = string | number | null

/** Figures for people and, as they are, for `--json`. Units stand in the column's name. */
export interface Figures {
  title: string
  columns: string[]
  rows: Cell[][]
}

/** What an issue promises, and what came out. */
export interface Limit {
  what: string
  limit: number
  value: number
  unit: string
  met: boolean
  /** True when it does not depend on the machine or its load: breaking it fails the run. */
  counted: boolean
}

export interface Section {
  name: string
  title: string
  figures: Figures[]
  limits: Limit[]
  /** Whole sentences. */
  notes: string[]
}

/** A limit that `value` may reach, but not exceed. */
export function atMost(what: string, limit: number, value: number, unit: string, counted = false): Limit {
  return { what, limit, value, unit, met: value <= limit, counted }
}

/** The section as text for a terminal. */
export function sectionText({ title, figures, limits, notes }: Section): string {
  const parts = figures.map(
    (each) =>
      `${each.title}\n${table(
        each.columns,
        each.rows.map((row) => row.map(cellText)),
        Infinity,
      )}`,
  )
  const verdicts = limits.map(
    ({ what, limit, value, unit, met }) =>
      `${met ? 'met   ' : 'MISSED'}  ${what}: ${cellText(value)} ${unit} (limit ${cellText(limit)})`,
  )
  const heading = `${title}\n${'='.repeat(title.length)}`
  return [heading, ...parts, verdicts.join('\n'), notes.join('\n')].filter((part) => part !== '').join('\n\n')
}

function cellText(cell: Cell): string {
  if (cell === null) return '–'
  if (typeof cell === 'string') return cell
  const digits = Number.isInteger(cell) || Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 2
  return cell.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
