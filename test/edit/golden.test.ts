import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseImageName } from '../../src/domain/image.ts'
import type { EditReport, Outcome, TextFile, VersionWish } from '../../src/edit/editor.ts'
import { type SetImageOptions, setImage } from '../../src/edit/set-image.ts'

const GOLDEN = join(import.meta.dirname, 'golden')

/** What to do, and what is reported: codes of refusals and notes, names that were seen, an outcome for each file. */
interface Case extends VersionWish, SetImageOptions {
  image: string
  /** What of other tools this shows done right, such as `renovate#26719`. */
  issue?: string
  refusals?: string[]
  notes?: string[]
  seen?: string[]
  /** Where absent, outcomes are not looked at. */
  files?: Record<string, Outcome>
}

for (const format of directories(GOLDEN)) {
  for (const name of directories(join(GOLDEN, format))) {
    test(`${format}: ${name.replaceAll('-', ' ')}`, () => {
      const folder = join(GOLDEN, format, name)
      const golden: Case = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'))
      const before = readTree(join(folder, 'before'))
      const report = apply(before, golden)
      assert.deepEqual(codes(report.refusals), golden.refusals ?? [])
      assert.deepEqual(codes(report.notes), golden.notes ?? [])
      assert.deepEqual(
        report.seen.map(({ name }) => name),
        golden.seen ?? [],
      )
      if (golden.files !== undefined) {
        const outcomes = Object.fromEntries(report.files.map(({ path, outcome }) => [path, outcome]))
        assert.deepEqual(outcomes, golden.files)
      }
      const after = edited(before, report)
      assert.deepEqual(after, readTree(join(folder, 'after')))
      const again = apply(after, golden)
      assert.deepEqual(again.edits, [], 'a second time changes nothing')
      assert.equal(again.outcome, report.outcome === 'updated' ? 'current' : report.outcome)
    })
  }
}

function apply(files: TextFile[], golden: Case): EditReport {
  const { image, refusals, notes, seen, files: outcomes, ...rest } = golden
  return setImage(files, parseImageName(image), rest, rest)
}

function edited(files: TextFile[], report: EditReport): TextFile[] {
  const edits = new Map(report.edits.map(({ path, after }) => [path, after]))
  return files.map(({ path, text }) => ({ path, text: edits.get(path) ?? text }))
}

function codes(remarks: { code: string }[]): string[] {
  return remarks.map(({ code }) => code)
}

function directories(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

function readTree(root: string): TextFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      path: path.slice(root.length + 1).replaceAll('\\', '/'),
      text: readFileSync(path, 'utf8'),
    }))
}
