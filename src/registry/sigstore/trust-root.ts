import type { TrustMaterial } from '@sigstore/verify'
import { SupercargoError } from '../../domain/errors.ts'

/**
 * Where the operator says whom to believe about identities: certificate authorities, transparency logs, timestamps.
 * - `file`: the text of a `trusted_root.json`; nothing is asked over the network.
 * - `tuf`: a TUF repository (https://theupdateframework.github.io/specification/latest/) such as
 *   https://tuf-repo-cdn.sigstore.dev, whose first `root.json` the package carries; for any other, `root` is the path
 *   of the operator's copy. What was fetched is kept in `directory`.
 * - `none`: identities cannot be verified; keys can.
 */
export type TrustRootSettings =
  | { kind: 'file'; text: string }
  | { kind: 'tuf'; url: string; directory: string; root?: string }
  | { kind: 'none' }

/** Milliseconds after which a TUF repository is asked again. */
const KEEP = 24 * 60 * 60 * 1000
/** Milliseconds. */
const TIMEOUT = 10_000

/**
 * A function that gives the trust root, read once and, from TUF, once a day. It throws `trust-root-missing` and
 * `trust-root-invalid` (permanent), and `trust-root-unreachable` (transient): a root that is not fresh is not used.
 */
export function createTrustRoot(
  settings: TrustRootSettings,
  clock: () => Date,
): () => Promise<TrustMaterial> {
  let kept: { material: Promise<TrustMaterial>; until: number } | null = null
  return async () => {
    const now = clock().getTime()
    if (kept === null || kept.until <= now) {
      const material = readTrustRoot(settings)
      kept = { material, until: settings.kind === 'tuf' ? now + KEEP : Number.POSITIVE_INFINITY }
      material.catch(() => {
        kept = null
      })
    }
    return await kept.material
  }
}

async function readTrustRoot(settings: TrustRootSettings): Promise<TrustMaterial> {
  if (settings.kind === 'none')
    throw new SupercargoError('Who signed an image cannot be verified: Supercargo has no trust root.', {
      code: 'trust-root-missing',
      kind: 'permanent',
      advice:
        'Have the operator name a trusted_root.json or a TUF repository, or demand a signature by a key.',
    })
  const [{ TrustedRoot }, { toTrustMaterial }] = await Promise.all([
    import('@sigstore/protobuf-specs'),
    import('@sigstore/verify'),
  ])
  try {
    const root =
      settings.kind === 'file'
        ? TrustedRoot.fromJSON(JSON.parse(settings.text))
        : await fetchTrustRoot(settings)
    if (root.certificateAuthorities.length === 0 || root.tlogs.length === 0)
      throw new Error('It names no certificate authority, or no transparency log.')
    return toTrustMaterial(root)
  } catch (cause) {
    if (cause instanceof SupercargoError) throw cause
    throw new SupercargoError('The trust root for signatures is not one of Sigstore.', {
      code: 'trust-root-invalid',
      kind: 'permanent',
      advice: 'Give Supercargo a trusted_root.json that has certificateAuthorities, tlogs and ctlogs.',
      cause,
    })
  }
}

async function fetchTrustRoot({ url, directory, root }: Extract<TrustRootSettings, { kind: 'tuf' }>) {
  const { getTrustedRoot } = await import('@sigstore/tuf')
  try {
    return await getTrustedRoot({
      mirrorURL: url,
      cachePath: directory,
      ...(root === undefined ? {} : { rootPath: root }),
      timeout: TIMEOUT,
      retry: 0,
    })
  } catch (cause) {
    throw new SupercargoError(`The trust root for signatures could not be read from ${url}.`, {
      code: 'trust-root-unreachable',
      kind: 'transient',
      cause,
    })
  }
}
