/**
 * The version that an environment had before the one that it has now. Going back to a version undoes what came after it:
 * of v1, v2, v3 and then v2 again, the one before is v1. Null where there is none.
 * @param past what the manifests said after each commit, oldest first, and now; null: nobody knows
 */
export function versionBefore(past: readonly (string | null)[]): string | null {
  const trail: string[] = []
  for (const version of past) {
    if (version === null) continue
    const before = trail.indexOf(version)
    if (before === -1) trail.push(version)
    else trail.length = before + 1
  }
  return trail.at(-2) ?? null
}
