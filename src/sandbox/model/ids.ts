/** Kinds of things that have a global node id, by GitHub's prefixes. */
const PREFIXES = {
  Repository: 'R',
  PullRequest: 'PR',
  Issue: 'I',
  IssueComment: 'IC',
  PullRequestReview: 'PRR',
  ReopenedEvent: 'REE',
  CheckRun: 'CR',
  CheckSuite: 'CS',
  StatusContext: 'SC',
  Status: 'ST',
  Commit: 'C',
  Tree: 'T',
  Blob: 'B',
  Tag: 'TA',
  Ref: 'REF',
  Team: 'TE',
  User: 'U',
  Bot: 'BOT',
  Organization: 'O',
  App: 'A',
  Installation: 'IN',
  Label: 'LA',
  BranchProtectionRule: 'BPR',
  RepositoryRuleset: 'RRS',
  Deployment: 'DE',
  DeploymentStatus: 'DES',
  Reaction: 'REA',
} as const

export type NodeKind = keyof typeof PREFIXES

const KINDS = new Map(Object.entries(PREFIXES).map(([kind, prefix]) => [prefix as string, kind as NodeKind]))

/**
 * The node id of a thing. The parts are: the row's numeric id; for git objects the repository's id and the
 * object id; for a Ref the repository's id and the full name.
 */
export function nodeId(kind: NodeKind, ...parts: (number | string)[]): string {
  return `${PREFIXES[kind]}_${Buffer.from(JSON.stringify(parts)).toString('base64url')}`
}

/** Reads a node id back; null when it is none. */
export function parseNodeId(id: string): { kind: NodeKind; parts: (number | string)[] } | null {
  const at = id.indexOf('_')
  const kind = KINDS.get(id.slice(0, at))
  if (at === -1 || kind === undefined) return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(id.slice(at + 1), 'base64url').toString())
    if (!Array.isArray(parts) || !parts.every((part) => ['number', 'string'].includes(typeof part)))
      return null
    return { kind, parts: parts as (number | string)[] }
  } catch {
    return null
  }
}
