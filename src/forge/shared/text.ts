/** Files of more bytes than this are not manifests: their text is null. */
export const MAX_TEXT = 5 * 1024 * 1024

/** The text of a file's bytes; null when it is binary, not UTF-8, or too large to be a manifest. */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.length > MAX_TEXT || bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
