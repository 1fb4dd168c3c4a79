import type { Oid } from '../../domain/commit.ts'

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

/** Who and when, as in a commit: `Name <mail> seconds +hhmm`. */
export interface Signature {
  name: string
  email: string
  /** Seconds since 1970. */
  seconds: number
  /** `+0200` */
  zone: string
}

export interface CommitObject {
  oid: Oid
  tree: Oid
  parents: Oid[]
  author: Signature
  committer: Signature
  /** Without the final line feeds that git adds. */
  message: string
  /** ASCII-armoured signature, where the commit has one. */
  signature: string | null
}

export interface TagObject {
  oid: Oid
  object: Oid
  type: ObjectType
  tag: string
  tagger: Signature | null
  message: string
}

export interface TreeEntry {
  name: string
  /** `100644`, `100755`, `120000`, `160000`, `040000`. */
  mode: string
  type: 'blob' | 'tree' | 'commit'
  oid: Oid
}

/** Reads a tree object's bytes; entries in git's order. */
export function decodeTree(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at)
    const nul = bytes.indexOf(0, space)
    const mode = bytes.toString('latin1', at, space).padStart(6, '0')
    entries.push({
      name: bytes.toString('utf8', space + 1, nul),
      mode,
      type: mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob',
      oid: bytes.toString('hex', nul + 1, nul + 21),
    })
    at = nul + 21
  }
  return entries
}

/** Writes a tree object's bytes, in git's order: directories sort as if their names ended with `/`. */
export function encodeTree(entries: readonly Omit<TreeEntry, 'type'>[]): Buffer {
  const keyed = entries.map((entry) => ({
    entry,
    key: Buffer.from(entry.mode === '040000' ? `${entry.name}/` : entry.name),
  }))
  keyed.sort((a, b) => Buffer.compare(a.key, b.key))
  return Buffer.concat(
    keyed.flatMap(({ entry }) => [
      Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.name}\0`),
      Buffer.from(entry.oid, 'hex'),
    ]),
  )
}

/** Reads a commit object's bytes. */
export function decodeCommit(oid: Oid, bytes: Buffer): CommitObject {
  const { headers, message } = split(bytes)
  const first = (name: string): string => headers.find(([key]) => key === name)?.[1] ?? ''
  return {
    oid,
    tree: first('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, value]) => value),
    author: decodeSignature(first('author')),
    committer: decodeSignature(first('committer')),
    message,
    signature: headers.find(([key]) => key === 'gpgsig')?.[1] ?? null,
  }
}

/** Reads an annotated tag's bytes. */
export function decodeTag(oid: Oid, bytes: Buffer): TagObject {
  const { headers, message } = split(bytes)
  const first = (name: string): string | undefined => headers.find(([key]) => key === name)?.[1]
  const tagger = first('tagger')
  return {
    oid,
    object: first('object') ?? '',
    type: (first('type') ?? 'commit') as ObjectType,
    tag: first('tag') ?? '',
    tagger: tagger === undefined ? null : decodeSignature(tagger),
    message,
  }
}

/** Writes a commit object's bytes. */
export function encodeCommit(commit: {
  tree: Oid
  parents: readonly Oid[]
  author: Signature
  committer: Signature
  message: string
}): Buffer {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${encodeSignature(commit.author)}`,
    `committer ${encodeSignature(commit.committer)}`,
    '',
    commit.message,
  ]
  return Buffer.from(lines.join('\n').replaceAll('\0', ''))
}

/** Writes an annotated tag's bytes. */
export function encodeTag(tag: {
  object: Oid
  type: ObjectType
  tag: string
  tagger: Signature
  message: string
}): Buffer {
  const message = tag.message.endsWith('\n') ? tag.message : `${tag.message}\n`
  return Buffer.from(
    `object ${tag.object}\ntype ${tag.type}\ntag ${tag.tag}\ntagger ${encodeSignature(tag.tagger)}\n\n${message}`,
  )
}

/** `2026-01-31T12:00:00Z` of a signature. */
export function signatureTime(signature: Signature): string {
  return new Date(signature.seconds * 1000).toISOString().replace('.000Z', 'Z')
}

function encodeSignature({ name, email, seconds, zone }: Signature): string {
  const clean = (text: string): string => text.replace(/[<>\n\0]/g, '').trim()
  return `${clean(name) || 'unknown'} <${clean(email)}> ${seconds} ${zone}`
}

function decodeSignature(text: string): Signature {
  const match = /^(.*?) ?<(.*)> (\d+) ([+-]\d{4})$/.exec(text)
  return {
    name: match?.[1] ?? '',
    email: match?.[2] ?? '',
    seconds: Number(match?.[3] ?? 0),
    zone: match?.[4] ?? '+0000',
  }
}

function split(bytes: Buffer): { headers: [string, string][]; message: string } {
  const text = bytes.toString('utf8')
  const end = text.indexOf('\n\n')
  const headers: [string, string][] = []
  for (const line of (end === -1 ? text : text.slice(0, end)).split('\n')) {
    const last = headers.at(-1)
    if (line.startsWith(' ') && last !== undefined) last[1] += `\n${line.slice(1)}`
    else headers.push([line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
  }
  return { headers, message: end === -1 ? '' : text.slice(end + 2).replace(/\n+$/, '') }
}
