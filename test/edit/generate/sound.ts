import assert from 'node:assert/strict'
import { FAILSAFE_SCHEMA, loadAll } from 'js-yaml'
import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import type { ImageName } from '../../../src/domain/image.ts'
import type { TextFile, VersionWish } from '../../../src/edit/editor.ts'
import { findImages, type SetImageOptions, setImage } from '../../../src/edit/set-image.ts'

/**
 * Whatever the files are: no throw, nothing is edited when anything is refused, twice is once, and two parsers see
 * nothing changed but versions. The wished versions must be texts that the files do not hold.
 */
export function assertSound(
  files: readonly TextFile[],
  image: ImageName,
  wish: VersionWish,
  options: SetImageOptions = {},
): void {
  const distinct = [...new Map(files.map((file) => [file.path, file])).values()]
  findImages(distinct, image)
  const report = setImage(distinct, image, wish, options)
  if (report.refusals.length > 0) assert.deepEqual(report.edits, [])
  for (const { path, before, after } of report.edits) {
    assert.notEqual(before, after)
    assert.ok(distinct.some((file) => file.path === path && file.text === before))
    if (/\.(?:ya?ml|json)$|^Kustomization$/.test(path)) {
      assertVersionsOnly(leavesOfYaml(before), leavesOfYaml(after), image, wish)
      assertVersionsOnly(leavesOfJsYaml(before), leavesOfJsYaml(after), image, wish)
    }
    assertVersionsOnly(new Map([['the text', before]]), new Map([['the text', after]]), image, wish)
  }
  const edits = new Map(report.edits.map(({ path, after }) => [path, after]))
  const again = distinct.map(({ path, text }) => ({ path, text: edits.get(path) ?? text }))
  assert.deepEqual(setImage(again, image, wish, options).edits, [])
}

type Leaves = Map<string, string>

/** Line by line: what is new says a wished version, or the image's name for a marker that asks for it, or that a digest is empty; keys that go are digests. */
function assertVersionsOnly(
  before: Leaves | null,
  after: Leaves | null,
  image: ImageName,
  wish: VersionWish,
): void {
  if (before === null) return
  assert.ok(after !== null, 'what could be parsed can be parsed')
  const { tag, digest, sha, version } = wish
  const versions = [
    tag,
    tag.replace(/^v/, ''),
    digest,
    digest?.slice(7),
    sha,
    version,
    image.written,
  ].flatMap((text) => text ?? [])
  for (const [at, old] of before) {
    const now = after.get(at)
    if (now === old || (now === undefined && GOES.test(at))) continue
    const lines = new Set(old.split(/\r?\n/))
    const added = (now ?? '').split(/\r?\n/).filter((line) => !lines.has(line))
    const isFine = (line: string) => versions.some((text) => line.includes(text)) || KNOWN.test(line)
    const isEmptied =
      now === '' && (/(?:digest|sha|images)$/i.test(at) || /^(?:sha\d+:)?[0-9a-f]+$/.test(old))
    assert.ok(isEmptied || (added.length > 0 && added.every(isFine)), `${at}: ${old} → ${now}`)
  }
}

/** What goes: a digest, and what stood for an empty list. */
const GOES = /(?:digest|images)$/i
/** Lines of an entry that is added, and of a digest that is emptied. */
const KNOWN = /^ *(?:images *:.*|- +name: \S+)\r?$|(?:""|'')\s*(?:#.*)?$/

/** Every scalar by its path through keys and indices, aliases not followed; what is broken is passed over. */
function leavesOfYaml(text: string): Leaves {
  const found: Leaves = new Map()
  const walk = (node: unknown, at: string): void => {
    if (isMap(node)) for (const { key, value } of node.items) walk(value, `${at}/${key}`)
    else if (isSeq(node)) node.items.forEach((item, index) => void walk(item, `${at}/${index}`))
    else if (isScalar(node)) found.set(at, String(node.value).trim())
  }
  const options = { uniqueKeys: false, strict: false, logLevel: 'silent', schema: 'failsafe' } as const
  parseAllDocuments(text, options).forEach((document, index) => {
    if (document.errors.length === 0) walk(document.contents, `${index}`)
  })
  return found
}

/** The same by another parser, aliases followed; null where it does not read the text. */
function leavesOfJsYaml(text: string): Leaves | null {
  const found: Leaves = new Map()
  const walk = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) found.set(at, String(value).trim())
    else for (const [key, item] of Object.entries(value)) walk(item, `${at}/${key}`)
  }
  try {
    loadAll(text, { schema: FAILSAFE_SCHEMA }).forEach((document, index) => void walk(document, `${index}`))
  } catch {
    return null
  }
  return found
}
