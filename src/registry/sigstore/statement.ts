import { z } from 'zod'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
/** What says "I signed this" or "I built this"; a list of parts or the finding of a scanner says neither. */
const PREDICATES = [
  'https://sigstore.dev/cosign/sign/v1',
  'https://slsa.dev/provenance/v0.2',
  'https://slsa.dev/provenance/v1',
]

const Statement = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })),
  predicateType: z.string(),
})

/** What an in-toto statement says. Throws what the parsers throw. https://github.com/in-toto/attestation/tree/main/spec */
export function readStatement(envelope: { payloadType: string; payload: Uint8Array }): {
  /** `sha256:…` of everything it is about. */
  digests: string[]
  predicate: string
  /** False for a statement that does not vouch for the image. */
  vouches: boolean
} {
  if (envelope.payloadType !== PAYLOAD_TYPE) throw new Error(`Not a statement: ${envelope.payloadType}`)
  const statement = Statement.parse(JSON.parse(Buffer.from(envelope.payload).toString('utf8')))
  return {
    digests: statement.subject.flatMap(({ digest }) =>
      Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${hex}`),
    ),
    predicate: statement.predicateType,
    vouches: PREDICATES.includes(statement.predicateType),
  }
}
