import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

const compress = promisify(gzip)
const expand = promisify(gunzip)

/** Bytes of one row: what an embedded database takes in without its memory growing for good. */
const PART = 256 * 1024
/** Compressing less than this saves nothing. */
const SMALL = 512

export interface EncodedPayload {
  /** Of the JSON text, in bytes. */
  size: number
  /** At least one. */
  parts: Buffer[]
}

/** JSON text, compressed when that is worth it, in parts. The first byte tells which: no JSON begins with 0x1f. */
export async function encodePayload(payload: unknown): Promise<EncodedPayload> {
  const text = Buffer.from(JSON.stringify(payload) ?? 'null')
  const bytes = text.length < SMALL ? text : await compress(text, { level: 3 })
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += PART) parts.push(bytes.subarray(at, at + PART))
  return { size: text.length, parts }
}

/** The other way; the parts in their order. */
export async function decodePayload(parts: readonly Uint8Array[]): Promise<unknown> {
  const bytes = Buffer.concat(parts)
  const text = bytes[0] === 0x1f ? await expand(bytes) : bytes
  return JSON.parse(text.toString())
}
