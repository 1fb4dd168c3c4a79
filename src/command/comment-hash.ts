import { createHash } from 'node:crypto'

/** SHA-256 of a comment's text, in hexadecimal digits; line ends, and spaces at the end, do not count. */
export function commentHash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n').trimEnd()).digest('hex')
}
