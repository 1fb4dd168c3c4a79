/**
 * True for what can be the short name of a branch or a tag, by the rules of Git:
 * https://git-scm.com/docs/git-check-ref-format
 */
export function isRefName(name: string): boolean {
  if (name === '' || name === '@' || name === 'HEAD' || Buffer.byteLength(name) > 244) return false
  if (/[\p{Cc}\p{Cs} ~^:?*[\\]|\.\.|@\{/u.test(name) || name.startsWith('-') || name.endsWith('.'))
    return false
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
}
