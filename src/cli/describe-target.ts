import type { Follow, PreviewFollow, Target } from '../config/model.ts'

/** A `follow` rule as it is written. */
export function describeFollow(follow: Follow | PreviewFollow): string {
  switch (follow.kind) {
    case 'branch':
      return `branch ${follow.branch}`
    case 'tag-glob':
      return `tag ${follow.glob}`
    case 'tag-range':
      return `tag ${follow.range}`
    case 'registry-range':
      return `registry ${follow.range}`
    case 'registry-newest':
      return `registry newest matching "${follow.glob}"`
    case 'registry-digest':
      return `registry digest ${follow.tag}`
    case 'branches':
      return `branches ${follow.glob}`
    case 'pull-requests':
      return 'pull requests'
  }
}

/** All that a version needs before it counts: `image, checks: test, scan below high, signature`. */
export function describeReady({ ready, gates }: Pick<Target, 'ready' | 'gates'>): string {
  const { image, checks } = ready
  const conditions = [
    ...(image ? ['image'] : []),
    ...(checks === null ? [] : [checks.length === 0 ? 'checks' : `checks ${checks.join(' ')}`]),
    ...(gates.scan === null ? [] : [`scan below ${gates.scan}`]),
    ...(gates.signature.length === 0 ? [] : ['signature']),
  ]
  return conditions.length === 0 ? 'at once' : conditions.join(', ')
}
