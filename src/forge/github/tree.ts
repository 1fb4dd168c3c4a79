import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { ManifestFile } from '../forge.ts'

/** Directories below one that was asked for which a single request lists; deeper ones cost another. */
export const TREE_LEVELS = 5

/** GraphQL fragments `Dir`/`DirText` (on TreeEntry) and `Level1`/`LevelText1` (on Tree) that list a directory to TREE_LEVELS. */
export const TREE_FRAGMENTS = treeFragments('', '')
export const TEXT_TREE_FRAGMENTS = treeFragments('Text', '...BlobText')

/** `BlobText`: what is needed to know whether a file's text came whole. */
export const BLOB_FRAGMENT = 'fragment BlobText on Blob { text isBinary isTruncated byteSize }'

function treeFragments(suffix: string, blob: string): string {
  const levels = Array.from({ length: TREE_LEVELS }, (_, index) => {
    const below = index + 1 < TREE_LEVELS ? `...Level${suffix}${index + 2}` : ''
    const object = `${blob} ${below}`.trim()
    const rest = object === '' ? '' : ` object { ${object} }`
    return `fragment Level${suffix}${index + 1} on Tree { entries { name mode type oid${rest} } }`
  })
  const entry = `fragment Dir${suffix} on TreeEntry { name mode type oid object { ${blob} ...Level${suffix}1 } }`
  return [entry, ...levels].join('\n')
}

export const blobSchema = z.object({
  text: z.string().nullish(),
  isBinary: z.boolean().nullish(),
  isTruncated: z.boolean().optional(),
  byteSize: z.number().optional(),
})

export interface TreeEntry {
  name: string
  mode: number
  type: string
  oid: Oid
  object?: TreeObject | null | undefined
}

type TreeObject = z.infer<typeof blobSchema> & { entries?: TreeEntry[] | null | undefined }

export const entrySchema: z.ZodType<TreeEntry> = z.lazy(() =>
  z.object({
    name: z.string(),
    mode: z.number(),
    type: z.string(),
    oid: z.string(),
    object: objectSchema.nullish(),
  }),
)

export const objectSchema: z.ZodType<TreeObject> = z.lazy(() =>
  blobSchema.extend({ entries: z.array(entrySchema).nullish() }),
)

/** A file as GraphQL gave it; `whole` is false where its text must still be read. */
export interface FoundFile {
  file: ManifestFile
  whole: boolean
}

/** A directory that lies deeper than the request reached. */
export interface DeepTree {
  path: string
  oid: Oid
}

export interface Walk {
  files: FoundFile[]
  deeper: DeepTree[]
}

/** Everything under an entry at `path`; `texts` says whether texts were asked for. */
export function walkEntry(entry: TreeEntry, path: string, texts: boolean): Walk {
  const walk: Walk = { files: [], deeper: [] }
  visit(entry, path, texts, walk)
  return walk
}

/** Everything under a tree at `path`, which is '' for the root. */
export function walkTree(entries: TreeEntry[], path: string, texts: boolean): Walk {
  const walk: Walk = { files: [], deeper: [] }
  for (const entry of entries) visit(entry, join(path, entry.name), texts, walk)
  return walk
}

function visit(entry: TreeEntry, path: string, texts: boolean, walk: Walk): void {
  if (entry.type === 'tree') {
    const entries = entry.object?.entries
    if (entries === undefined || entries === null) walk.deeper.push({ path, oid: entry.oid })
    else for (const below of entries) visit(below, join(path, below.name), texts, walk)
    return
  }
  const mode = gitMode(entry.mode)
  const readable = texts && mode.startsWith('100')
  const { text, whole } = readable ? blobText(entry.object) : { text: null, whole: true }
  walk.files.push({ file: { path, oid: entry.oid, mode, text }, whole })
}

/** A blob's text, and whether that is all there is to know of it. */
export function blobText(blob: z.infer<typeof blobSchema> | null | undefined): {
  text: string | null
  whole: boolean
} {
  if (blob?.isBinary === true) return { text: null, whole: true }
  if (blob?.isTruncated === true || typeof blob?.text !== 'string') return { text: null, whole: false }
  return { text: blob.text, whole: true }
}

/** GitHub gives a mode as a number (33188); Git writes it in octal (`100644`). */
function gitMode(mode: number): string {
  const written = String(mode)
  return /^(?:100644|100755|120000|160000|40000)$/.test(written) ? written : mode.toString(8)
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`
}

/** Directories may lie in each other: every file once, with its text if any of them asked for it. */
export function uniqueFiles(files: FoundFile[]): ManifestFile[] {
  const byPath = new Map<string, ManifestFile>()
  for (const { file } of files) {
    if ((byPath.get(file.path)?.text ?? null) === null) byPath.set(file.path, file)
  }
  return [...byPath.values()]
}
