import { promisify } from 'node:util'
import { gunzip, gunzipSync, gzip, gzipSync } from 'node:zlib'

const compress = promisify(gzip)
const expand = promisify(gunzip)

/** Bytes of one row: what an embedded database takes in without its memory growing for good. */
const PART = 256 * 1024
/** Compressing less than this saves nothing. */
const SMALL = 512
/** Up to so much, waiting for another thread takes ten times as long as the work itself. */
const QUICK = 64 * 1024
const LEVEL = { level: 3 }

export interface EncodedPayload {
  /** Of the JSON text, in bytes. */
  size: number
  /** At least one. */
  parts: Buffer[]
}

/** JSON text, compressed when that is worth it, in parts. The first byte tells which: no JSON begins with 0x1f. */
export async function encodePayload(payload: unknown): Promise<EncodedPayload> {
  const text = Buffer.from(JSON.stringify(payload) ?? 'null')
  const bytes = await compressed(text)
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += PART) parts.push(bytes.subarray(at, at + PART))
  return { size: text.length, parts }
}

/** The other way; the parts in their order. */
export async function decodePayload(parts: readonly Uint8Array[]): Promise<unknown> {
  const bytes = Buffer.concat(parts)
  return JSON.parse((await expanded(bytes)).toString())
}

async function compressed(text: Buffer): Promise<Buffer> {
  if (text.length < SMALL) return text
  return text.length < QUICK ? gzipSync(text, LEVEL) : compress(text, LEVEL)
}

async function expanded(bytes: Buffer): Promise<Buffer> {
  if (bytes[0] !== 0x1f) return bytes
  return bytes.length < QUICK / 4 ? gunzipSync(bytes) : expand(bytes)
}
