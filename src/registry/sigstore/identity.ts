import { globMatches } from '../../domain/glob.ts'

/**
 * Whether a glob means the subject of a Fulcio certificate: an e-mail address, or the workflow that ran, such as
 * `https://github.com/acme/web/.github/workflows/release.yml@refs/heads/main`. A glob without `@` means every
 * branch and tag. https://github.com/sigstore/fulcio/blob/main/docs/oidc.md
 */
export function identityMatches(glob: string, subject: string): boolean {
  const at = subject.indexOf('@refs/')
  return globMatches(glob, glob.includes('@') || at === -1 ? subject : subject.slice(0, at))
}
