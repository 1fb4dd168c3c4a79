import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { plain } from '../tell.ts'
import {
  type Entry,
  entries,
  type Format,
  fromBase64,
  type Identity,
  idIn,
  unwanted,
} from './announcement.ts'
import { readPublished } from './cd-events.ts'
import { harbor } from './harbor.ts'

/**
 * CloudEvents from whoever relays or builds: CDEvents about published artifacts, and what Harbor sends. One event,
 * or a batch of them.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export const cloudEvents: Format = {
  read: (host, payload) =>
    (Array.isArray(payload) ? payload : [payload]).flatMap((event) =>
      entries(Event, event, (read) => tell(host, read)),
    ),
  identify(payload): Identity {
    const events: unknown[] = Array.isArray(payload) ? payload : [payload]
    const ids = events.map((event) => [idIn(event, 'source'), idIn(event, 'id')])
    return ids.length > 0 && ids.flat().every((id) => id !== null) ? ids.flat().map(String) : 'body'
  },
}

const Event = z.object({
  specversion: z.string().startsWith('1.'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  data: z.unknown().optional(),
  data_base64: z.string().optional(),
})

const ATTRIBUTES = ['specversion', 'id', 'source', 'type'] as const

function tell(host: string, event: z.infer<typeof Event>): Entry[] {
  const data = event.data_base64 === undefined ? event.data : fromBase64(event.data_base64)
  if (event.type.startsWith('harbor.')) return harbor.read(host, { ...event, data })
  if (event.type.startsWith('dev.cdevents.artifact.published.')) return [readPublished(host, data)]
  return [unwanted(`Supercargo does not use events of the type ${plain(event.type)}`)]
}

/**
 * An event in binary mode, whose attributes are headers and whose data is the body, as one in structured mode; null
 * when it is in structured or batched mode, or no event.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
 */
export function fromBinaryMode(headers: IncomingHttpHeaders, data: unknown): object | null {
  if (/^application\/cloudevents/i.test(headers['content-type'] ?? '')) return null
  const attributes = ATTRIBUTES.map((name) => [name, headers[`ce-${name}`]] as const)
  if (!attributes.every(([, value]) => typeof value === 'string')) return null
  return {
    ...Object.fromEntries(attributes.map(([name, value]) => [name, decodeHeader(String(value))])),
    data,
  }
}

function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
