import { isAscii, isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** What became of a file. Binary files that hold a clue are told to nobody. */
export interface Found {
  text(path: string, text: string): void
  /** It holds no clue, and was not decoded. */
  other(path: string): void
  notUtf8(path: string): void
  tooLarge(path: string): void
}

/** Which files are worth decoding: those that hold one of these texts, and those of some paths. */
export interface Clues {
  texts: readonly string[]
  inPath(path: string): boolean
}

export interface TextReader {
  /**
   * Reads a file, and tells of it now or later. A symbolic link is not followed.
   * @param path what the file is called when it is told of
   */
  read(absolute: string, path: string): void
  /** Tells of all that was read. */
  end(): void
}

interface Held {
  path: string
  /** In the buffer. */
  start: number
  end: number
}

const MAX_FILE = 32 * 1024 * 1024
/** Only shorter files are read together. */
const SMALL = 64 * 1024
const ROOM = 8 * SMALL
/** Where git looks for a NUL to tell binary files. */
const HEAD = 8000

/**
 * Reads files of text. Small ones are read into one buffer, one behind the other, and searched together: of
 * thousands of manifests only the few that matter are worth more than a look at their bytes.
 */
export function textReader(found: Found, clues: Clues): TextReader {
  const buffer = Buffer.allocUnsafe(ROOM)
  const needles = clues.texts.map((text) => Buffer.from(text))
  let held: Held[] = []
  let used = 0

  const tell = (path: string, bytes: Buffer): void => {
    if (isBinary(bytes)) return
    if (isUtf8(bytes)) found.text(path, bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8'))
    else found.notUtf8(path)
  }
  const end = (): void => {
    const holding = new Set(needles.flatMap((needle) => holdersOf(needle, buffer.subarray(0, used), held)))
    for (const file of held) {
      const { path, start, end } = file
      if (holding.has(file) || clues.inPath(path)) tell(path, buffer.subarray(start, end))
      else found.other(path)
    }
    held = []
    used = 0
  }
  const readLarge = (descriptor: number, path: string): void => {
    const { size } = fstatSync(descriptor)
    if (size > MAX_FILE) {
      found.tooLarge(path)
      return
    }
    const whole = Buffer.allocUnsafe(size)
    let at = 0
    for (let got = -1; got !== 0 && at < size; at += got) got = readSync(descriptor, whole, at, size - at, at)
    const bytes = whole.subarray(0, at)
    if (clues.inPath(path) || needles.some((needle) => bytes.includes(needle))) tell(path, bytes)
    else found.other(path)
  }
  return {
    read: (absolute, path) => {
      if (ROOM - used < SMALL) end()
      const descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW)
      try {
        const length = readSync(descriptor, buffer, used, SMALL, 0)
        if (length < SMALL) {
          held.push({ path, start: used, end: used + length })
          used += length
        } else if (!isBinary(buffer.subarray(used, used + HEAD))) readLarge(descriptor, path)
      } finally {
        closeSync(descriptor)
      }
    },
    end,
  }
}

/** The files in which a text starts, in their order. */
function holdersOf(needle: Buffer, bytes: Buffer, held: readonly Held[]): Held[] {
  const holders: Held[] = []
  let at = bytes.indexOf(needle)
  for (const file of held) {
    if (at === -1) break
    if (at >= file.end) continue
    holders.push(file)
    at = bytes.indexOf(needle, file.end)
  }
  return holders
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, HEAD).includes(0)
}
