import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseImageName } from '../../src/domain/image.ts'
import type { EditReport, TextFile } from '../../src/edit/editor.ts'
import { setImage } from '../../src/edit/set-image.ts'

const GOLDEN = join(import.meta.dirname, 'golden')

interface Case {
  image: string
  tag: string
  digest?: string
  /** The new name of the image. */
  name?: string
  /** What of other tools this shows done right, such as `renovate#26719`. */
  issue?: string
  addUnder?: string
  /** Codes. */
  refusals?: string[]
  notes?: string[]
  seen?: string[]
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
      const after = edited(before, report)
      assert.deepEqual(after, readTree(join(folder, 'after')))
      assert.deepEqual(apply(after, golden).edits, [], 'a second time changes nothing')
    })
  }
}

function apply(files: TextFile[], { image, tag, digest, name, addUnder }: Case): EditReport {
  const wish = { tag, ...(digest === undefined ? {} : { digest }), ...(name === undefined ? {} : { name }) }
  return setImage(files, parseImageName(image), wish, addUnder === undefined ? {} : { addUnder })
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
