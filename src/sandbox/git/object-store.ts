import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import type { Oid } from '../../domain/commit.ts'
import { type CatFile, openCatFile } from './cat-file.ts'
import type { ObjectType } from './objects.ts'

const OID = /^[0-9a-f]{40}$/

export interface RawObject {
  type: ObjectType
  bytes: Buffer
}

/** Reads and writes objects of one bare repository without a process per object. */
export interface ObjectStore {
  /** Null when there is no such object. */
  read(oid: Oid): Promise<RawObject | null>
  /** The id and type of anything that `git rev-parse` understands; null when it names nothing. */
  info(expression: string): Promise<{ oid: Oid; type: ObjectType; size: number } | null>
  /** Writes a loose object (tmp file, then rename) and returns its id. */
  write(type: ObjectType, bytes: Buffer): Promise<Oid>
  /** Ends the idle process, if any. The store may be used again afterwards. */
  close(): void
}

/** Opens the objects of the bare repository in `directory`. Nothing is read yet. */
export function openObjectStore(directory: string, searchPath: string): ObjectStore {
  const catFile: CatFile = openCatFile(directory, searchPath)
  const pathOf = (oid: Oid): string => join(directory, 'objects', oid.slice(0, 2), oid.slice(2))
  return {
    read: async (oid) => {
      if (!OID.test(oid)) return null
      return (await readLoose(pathOf(oid))) ?? (await catFile.contents(oid))
    },
    info: async (expression) => {
      const loose = OID.test(expression) ? await readLoose(pathOf(expression)) : null
      if (loose !== null) return { oid: expression, type: loose.type, size: loose.bytes.length }
      return await catFile.info(expression)
    },
    write: (type, bytes) => writeLoose(directory, type, bytes),
    close: () => catFile.close(),
  }
}

async function readLoose(path: string): Promise<RawObject | null> {
  let packed: Buffer
  try {
    packed = await readFile(path)
  } catch {
    return null
  }
  const bytes = await promisify(inflate)(packed)
  const nul = bytes.indexOf(0)
  const type = bytes.toString('latin1', 0, bytes.indexOf(0x20)) as ObjectType
  return { type, bytes: bytes.subarray(nul + 1) }
}

async function writeLoose(directory: string, type: ObjectType, bytes: Buffer): Promise<Oid> {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes])
  const oid = createHash('sha1').update(whole).digest('hex')
  const folder = join(directory, 'objects', oid.slice(0, 2))
  const path = join(folder, oid.slice(2))
  if (await exists(path)) return oid
  const packed = await promisify(deflate)(whole, { level: 1 })
  await mkdir(folder, { recursive: true })
  const temporary = join(folder, `tmp_obj_${randomUUID()}`)
  await writeFile(temporary, packed, { mode: 0o444 })
  await rename(temporary, path)
  return oid
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
