/** The JSON value of a body in UTF-8; undefined when it is none. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** The same where only an object will do. */
export function parseObject(body: Uint8Array): object | undefined {
  const value = parseJson(body)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}
