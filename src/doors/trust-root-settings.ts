import { readFileSync } from 'node:fs'
import { type Complain, serverUrl, type Text } from './setting-problem.ts'

/** Whom to believe about identities that sign images. */
export type TrustRootSource =
  /** The text of a `trusted_root.json`; nothing is asked over the network. */
  | { kind: 'file'; text: string }
  /** A TUF repository; `root` is the path of its first `root.json`, null for that of Sigstore's public one. */
  | { kind: 'tuf'; url: string; root: string | null }
  /** Nobody: only signatures by keys can be verified. */
  | { kind: 'none' }

const PUBLIC = 'https://tuf-repo-cdn.sigstore.dev'

/**
 * SIGSTORE_TRUST_ROOT: the path of a file, the address of a TUF repository, or `none`; by default Sigstore's public
 * one, which is asked when somebody demands an identity. https://docs.sigstore.dev/cosign/system_config/custom_components/
 */
export function readTrustRoot(text: Text, complain: Complain): TrustRootSource {
  const [given = PUBLIC, root] = [text('SIGSTORE_TRUST_ROOT'), text('SIGSTORE_TUF_ROOT')]
  if (given === 'none') return { kind: 'none' }
  if (!/^https?:/.test(given)) {
    const content = readJson('SIGSTORE_TRUST_ROOT', given, complain)
    return content === null ? { kind: 'none' } : { kind: 'file', text: content }
  }
  const url = serverUrl(given)
  if (url === undefined) {
    complain(
      'SIGSTORE_TRUST_ROOT',
      'It is not an https address.',
      'Write that of a TUF repository, or the path of a trusted_root.json.',
    )
  } else if (root === undefined && url !== PUBLIC) {
    complain(
      'SIGSTORE_TUF_ROOT',
      `It is missing, and nothing that ${url} says could be verified.`,
      'Name the file with the first root.json of that repository.',
    )
  } else if (root !== undefined) readJson('SIGSTORE_TUF_ROOT', root, complain)
  return { kind: 'tuf', url: url ?? PUBLIC, root: root ?? null }
}

function readJson(variable: string, path: string, complain: Complain): string | null {
  try {
    const text = readFileSync(path, 'utf8')
    JSON.parse(text)
    return text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === undefined ? 'is not JSON' : `cannot be read (${code})`
    complain(variable, `${path} ${why}.`, 'Name a file of Sigstore, such as trusted_root.json.')
    return null
  }
}
