const PATTERNS: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key]'],
  [/\b(?:gh[a-z]_|github_pat_|glpat-|gl[a-z]{2,6}-)[A-Za-z0-9_.-]{8,}/g, '[token]'],
  [/\bwhsec_[A-Za-z0-9+/=]{8,}/g, '[secret]'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*/g, '[token]'],
  [/\b(bearer|basic|token)(\s+|:\s*)[A-Za-z0-9+/=_.-]{16,}/gi, '$1$2[token]'],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"'<>]+@/gi, '$1'],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s?#"'<>]*)\?[^\s"'<>]*/gi, '$1?[query]'],
]

/**
 * The text without secrets: tokens of GitHub and GitLab, JSON web tokens, authorization values, private keys,
 * credentials and queries of URLs. For every text that comes from outside and goes to logs, errors or comments.
 */
export function redact(text: string): string {
  return PATTERNS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text)
}
