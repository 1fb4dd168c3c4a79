import type { SignatureTrust } from '../domain/trust.ts'
import type { WrittenGates } from './gates-schema.ts'
import { parsePublicKey } from './grammar-trust.ts'
import type { ImageGates } from './model.ts'
import { judged } from './reading.ts'

/** What `gates` says. */
export function readGates(written: WrittenGates): ImageGates {
  const signers = written.signature === undefined ? [] : [written.signature].flat()
  return { scan: written.scan ?? null, signature: signers.map(readSigner) }
}

function readSigner({ key, identity = '', issuer = '' }: Signer): SignatureTrust {
  return key === undefined
    ? { kind: 'identity', identity, issuer }
    : { kind: 'key', key: judged(parsePublicKey(key)) }
}

type Signer = Exclude<NonNullable<WrittenGates['signature']>, unknown[]>
