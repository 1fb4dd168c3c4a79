import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock'

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
  /** A log of the second kind tells no time; a timestamp authority does. */
  rekor?: 'v1' | 'v2'
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

/** In seconds; by so much is all that is signed later than the certificates of the authorities, made on the way. */
const MINUTE = 60

/**
 * `certified`: when its certificates begin, which last ten minutes; `logged`: when its log takes something in.
 * Both are whole seconds, as of real authorities: `@sigstore/core` reads fractions of three digits alone, and
 * DER leaves their last zeros out, so one time in ten would be unreadable.
 */
export async function createSigstoreAuthority(
  times: { certified?: Date; logged?: Date } = {},
): Promise<SigstoreAuthority> {
  const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certified = times.certified ?? new Date((Math.floor(Date.now() / 1000) + MINUTE) * 1000)
  const taken = times.logged ?? certified
  const ctLog = await initializeCTLog(keys(), certified)
  const fulcio = await initializeCA(generateKeyPairSync('ec', { namedCurve: 'P-384' }), ctLog, certified)
  const rekor = await initializeTLog('https://rekor.test', keys(), taken)

  const tsa = await initializeTSA(generateKeyPairSync('ec', { namedCurve: 'P-384' }), taken)

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
  const timestamp = async (signature: string) => {
    const artifactHash = createHash('sha256').update(Buffer.from(signature, 'base64')).digest()
    // SHA-256, and the policy of Sigstore's own authority
    const [hashAlgorithmOID, policyOID] = ['2.16.840.1.101.3.4.2.1', '1.3.6.1.4.1.57264.2']
    const signed = await tsa.timestamp({ artifactHash, hashAlgorithmOID, policyOID, nonce: 1 })
    return { rfc3161Timestamps: [{ signedTimestamp: bytesOf(signed).toString('base64') }] }
  }
  const material = async (
    wish: SignerWish,
    certificate: Buffer,
    signature: string,
    entry: { kind: string; apiVersion: string },
  ) => ({
    certificate: { rawBytes: certificate.toString('base64') },
    tlogEntries: wish.logged === false ? [] : [bundled(await log(entry), entry)],
    ...(wish.rekor === 'v2' ? { timestampVerificationData: await timestamp(signature) } : {}),
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
      timestampAuthorities: [
        {
          uri: 'https://tsa.test',
          certChain: {
            certificates: [tsa.intCertificate, tsa.rootCertificate].map((each) => ({
              rawBytes: bytesOf(each).toString('base64'),
            })),
          },
          validFor: { start: START },
        },
      ],
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
      const entry = wish.rekor === 'v2' ? dsseV2(payload, sig, certificate) : dsseV1(envelope, certificate)
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: await material(wish, certificate, sig, entry),
        dsseEnvelope: envelope,
      })
    },
    async signMessage(bytes, wish = {}) {
      const { privateKey, certificate } = await certify(wish)
      const signature = sign('sha256', bytes, privateKey).toString('base64')
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: await material(
          wish,
          certificate,
          signature,
          hashedRekord(bytes, signature, certificate),
        ),
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

/** https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/dsse_v0_0_1_schema.json */
function dsseV1(envelope: { payload: string; signatures: { sig: string }[] }, certificate: Buffer) {
  const verifier = Buffer.from(pem(certificate)).toString('base64')
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256(JSON.stringify(envelope)) },
      payloadHash: { algorithm: 'sha256', value: sha256(Buffer.from(envelope.payload, 'base64')) },
      signatures: envelope.signatures.map(({ sig }) => ({ signature: sig, verifier })),
    },
  }
}

/** https://github.com/sigstore/rekor-tiles/blob/main/api/proto/rekor/v2/dsse.proto */
function dsseV2(payload: Buffer, content: string, certificate: Buffer) {
  const digest = Buffer.from(sha256(payload), 'hex').toString('base64')
  const x509Certificate = { rawBytes: certificate.toString('base64') }
  const verifier = { x509Certificate, keyDetails: 'PKIX_ECDSA_P256_SHA_256' }
  const dsseV002 = { payloadHash: { algorithm: 'SHA2_256', digest }, signatures: [{ content, verifier }] }
  return { apiVersion: '0.0.2', kind: 'dsse', spec: { dsseV002 } }
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
    ...(apiVersion === '0.0.2'
      ? {}
      : {
          integratedTime: String(logged.integratedTime),
          inclusionPromise: { signedEntryTimestamp: logged.verification?.signedEntryTimestamp },
        }),
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
