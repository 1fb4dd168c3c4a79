import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock'

const START = '2020-01-01T00:00:00Z'
const STATEMENT = 'application/vnd.in-toto+json'

/** A Fulcio with its certificate log and a Rekor, of keys of its own: Sigstore's own stand-ins for its services. */
export interface SigstoreAuthority {
  /** As a `trusted_root.json` has it. */
  trustedRoot: string
  /** The subject's signature of an image, as cosign 3 attaches it: a bundle around a statement. JSON. */
  signStatement(wish: StatementWish): Promise<string>
  /** The subject's plain signature over bytes, as a bundle. JSON. */
  signMessage(bytes: Uint8Array, wish?: SignerWish): Promise<string>
  /** The annotations and payload of cosign 2. */
  signSimple(digest: string, wish?: SignerWish): Promise<SimpleParts>
}

export interface SignerWish {
  subject?: string
  issuer?: string
  /** The OID that says the issuer; default the newer one. */
  issuerOid?: 'v1' | 'v2'
  /** False leaves the log out. */
  logged?: boolean
}

export interface StatementWish extends SignerWish {
  digest: string
  predicateType?: string
}

export interface SimpleParts {
  payload: Buffer
  annotations: Record<string, string>
}

export const WORKFLOW = 'https://github.com/acme/web/.github/workflows/release.yml@refs/heads/main'
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com'

/** `certified`: when its certificates begin, which last ten minutes; `logged`: when its log takes something in. */
export async function createSigstoreAuthority(
  times: { certified?: Date; logged?: Date } = {},
): Promise<SigstoreAuthority> {
  const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ctLog = await initializeCTLog(keys(), times.certified)
  const fulcio = await initializeCA(
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ctLog,
    times.certified,
  )
  const rekor = await initializeTLog('https://rekor.test', keys(), times.logged ?? times.certified)

  const certify = async ({ subject = WORKFLOW, issuer = GITHUB_ISSUER, issuerOid = 'v2' }: SignerWish) => {
    const { publicKey, privateKey } = keys()
    const old = issuerOid === 'v1'
    const oid = `1.3.6.1.4.1.57264.1.${old ? 1 : 8}`
    const certificate = await fulcio.issueCertificate({
      publicKey: publicKey.export({ type: 'spki', format: 'der' }) as Buffer<ArrayBuffer>,
      subjectAltName: subject,
      extensions: [{ oid, value: issuer, legacy: old }],
    })
    return { privateKey, certificate: bytesOf(certificate) }
  }
  const log = async (entry: object) => {
    const [logged] = Object.values<Logged>(await rekor.log(entry))
    if (logged?.verification === undefined) throw new Error('The log took nothing in.')
    return logged
  }
  const material = async (
    wish: SignerWish,
    certificate: Buffer,
    entry: { kind: string; apiVersion: string },
  ) => ({
    certificate: { rawBytes: certificate.toString('base64') },
    tlogEntries: wish.logged === false ? [] : [bundled(await log(entry), entry)],
  })

  return {
    trustedRoot: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logOf('https://rekor.test', rekor.publicKey)],
      ctlogs: [logOf('https://ctfe.test', ctLog.publicKey)],
      certificateAuthorities: [
        {
          subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
          uri: 'https://fulcio.test',
          certChain: { certificates: [{ rawBytes: bytesOf(fulcio.rootCertificate).toString('base64') }] },
          validFor: { start: START },
        },
      ],
      timestampAuthorities: [],
    }),
    async signStatement(wish) {
      const { privateKey, certificate } = await certify(wish)
      const [algorithm = '', hex = ''] = wish.digest.split(':')
      const payload = Buffer.from(
        JSON.stringify({
          _type: 'https://in-toto.io/Statement/v1',
          subject: [{ digest: { [algorithm]: hex } }],
          predicateType: wish.predicateType ?? 'https://sigstore.dev/cosign/sign/v1',
          predicate: {},
        }),
      )
      // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#signature-definition
      const encoding = `DSSEv1 ${STATEMENT.length} ${STATEMENT} ${payload.length} `
      const sig = sign('sha256', Buffer.concat([Buffer.from(encoding), payload]), privateKey).toString(
        'base64',
      )
      const envelope = { payload: payload.toString('base64'), payloadType: STATEMENT, signatures: [{ sig }] }
      const entry = {
        apiVersion: '0.0.1',
        kind: 'dsse',
        spec: {
          envelopeHash: { algorithm: 'sha256', value: sha256(JSON.stringify(envelope)) },
          payloadHash: { algorithm: 'sha256', value: sha256(payload) },
          signatures: [{ signature: sig, verifier: Buffer.from(pem(certificate)).toString('base64') }],
        },
      }
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: await material(wish, certificate, entry),
        dsseEnvelope: envelope,
      })
    },
    async signMessage(bytes, wish = {}) {
      const { privateKey, certificate } = await certify(wish)
      const signature = sign('sha256', bytes, privateKey).toString('base64')
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: await material(wish, certificate, hashedRekord(bytes, signature, certificate)),
        messageSignature: {
          messageDigest: {
            algorithm: 'SHA2_256',
            digest: Buffer.from(sha256(bytes), 'hex').toString('base64'),
          },
          signature,
        },
      })
    },
    async signSimple(digest, wish = {}) {
      const { privateKey, certificate } = await certify(wish)
      const payload = simplePayload(digest)
      const signature = sign('sha256', payload, privateKey).toString('base64')
      const { body, integratedTime, logIndex, logID, verification } = await log(
        hashedRekord(payload, signature, certificate),
      )
      const rekorBundle = {
        SignedEntryTimestamp: verification?.signedEntryTimestamp,
        Payload: { body, integratedTime, logIndex, logID },
      }
      return {
        payload,
        annotations: {
          'dev.cosignproject.cosign/signature': signature,
          'dev.sigstore.cosign/certificate': pem(certificate),
          ...(wish.logged === false ? {} : { 'dev.sigstore.cosign/bundle': JSON.stringify(rekorBundle) }),
        },
      }
    },
  }
}

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#simple-signing */
export function simplePayload(digest: string): Buffer {
  const identity = { 'docker-reference': 'registry.test/acme/web' }
  const type = 'cosign container image signature'
  const critical = { identity, image: { 'docker-manifest-digest': digest }, type }
  return Buffer.from(JSON.stringify({ critical, optional: null }))
}

function hashedRekord(bytes: Uint8Array, signature: string, certificate: Buffer) {
  const publicKey = { content: Buffer.from(pem(certificate)).toString('base64') }
  const hash = { algorithm: 'sha256', value: sha256(bytes) }
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: { data: { hash }, signature: { content: signature, publicKey } },
  }
}

/** https://github.com/sigstore/rekor/blob/main/openapi.yaml */
interface Logged {
  body: string
  integratedTime: number
  logID: string
  logIndex: number
  verification?: {
    signedEntryTimestamp: string
    inclusionProof: { logIndex: number; treeSize: number; rootHash: string; checkpoint: string }
  }
}

/** An answer of Rekor as a bundle has it. */
function bundled(logged: Logged, { kind, apiVersion }: { kind: string; apiVersion: string }) {
  const proof = logged.verification?.inclusionProof
  return {
    logIndex: String(logged.logIndex),
    logId: { keyId: Buffer.from(logged.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(logged.integratedTime),
    inclusionPromise: { signedEntryTimestamp: logged.verification?.signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof?.logIndex),
      treeSize: String(proof?.treeSize),
      rootHash: Buffer.from(proof?.rootHash ?? '', 'hex').toString('base64'),
      hashes: [],
      checkpoint: { envelope: proof?.checkpoint },
    },
    canonicalizedBody: logged.body,
  }
}

function logOf(baseUrl: string, key: Buffer) {
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: key.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: START },
    },
    logId: { keyId: createHash('sha256').update(key).digest('base64') },
  }
}

function bytesOf(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength)
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
