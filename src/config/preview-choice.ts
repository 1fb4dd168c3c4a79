import { parseTime } from './grammar-ready.ts'
import { type Level, pick } from './level.ts'
import type { PreviewChoice, PreviewFollow, RemovalLimit } from './model.ts'
import { complain, judged, type Reading } from './reading.ts'
import type { Path } from './tree.ts'

/** What is so when nothing is said. */
export const EVERY_PULL_REQUEST: PreviewChoice = {
  labels: { need: [], forbid: [] },
  drafts: true,
  bots: false,
  forks: 'approved',
  forkLabel: null,
  limit: null,
  limitPerAuthor: null,
  maxRemovals: 20,
  ttl: null,
  sleep: null,
}

/** A branch tells nothing of these. */
const OF_PULL_REQUESTS = [
  'labels',
  'drafts',
  'bots',
  'forks',
  'forkLabel',
  'limitPerAuthor',
  'ttl',
  'sleep',
] as const

/** Which pull requests have a preview, how many at once, and for how long. */
export function readChoice(reading: Reading, own: Level[], path: Path, follow: PreviewFollow): PreviewChoice {
  if (follow.kind === 'branches') complainAboutBranches(reading, own)
  const number = (key: string) => said<number>(reading, own, key)
  const time = (key: string) => {
    const text = said<string>(reading, own, key)
    return text === null ? null : judged(parseTime(text))
  }
  const forks = said<PreviewChoice['forks']>(reading, own, 'forks') ?? EVERY_PULL_REQUEST.forks
  return {
    labels: readLabels(reading, own, path),
    drafts: said<boolean>(reading, own, 'drafts') ?? EVERY_PULL_REQUEST.drafts,
    bots: said<boolean>(reading, own, 'bots') ?? EVERY_PULL_REQUEST.bots,
    forks,
    forkLabel: readForkLabel(reading, own, forks),
    limit: number('limit'),
    limitPerAuthor: number('limitPerAuthor'),
    maxRemovals: limitOf(said<number | string>(reading, own, 'maxRemovals')),
    ttl: time('ttl'),
    sleep: time('sleep'),
  }
}

function limitOf(said: number | string | null): RemovalLimit {
  if (said === null) return EVERY_PULL_REQUEST.maxRemovals
  return typeof said === 'number' ? said : { percent: Number.parseInt(said, 10) }
}

function readForkLabel(reading: Reading, own: Level[], forks: PreviewChoice['forks']): string | null {
  const label = pick(own, ['forkLabel'], reading.removed)
  if (label === null || label === 'removed') return null
  if (forks === 'never')
    complain(
      reading,
      label.path,
      'conflict',
      'The label "forkLabel" cannot approve anything while "forks" is never.',
      'Remove one of the two.',
    )
  return (label.value as string).toLowerCase()
}

/** Labels differ in more than the size of their letters on every forge, as far as people are concerned. */
function readLabels(reading: Reading, own: Level[], path: Path): PreviewChoice['labels'] {
  const labels = said<Partial<PreviewChoice['labels']>>(reading, own, 'labels')
  const lower = (names: string[] | undefined) => (names ?? []).map((name) => name.toLowerCase())
  const need = lower(labels?.need)
  const forbid = lower(labels?.forbid)
  const both = need.find((name) => forbid.includes(name))
  if (both !== undefined)
    complain(
      reading,
      [...path, 'labels'],
      'conflict',
      `The label "${both}" is needed and forbidden at once.`,
      'Keep one of the two.',
    )
  return { need, forbid }
}

function complainAboutBranches(reading: Reading, own: Level[]): void {
  for (const key of OF_PULL_REQUESTS) {
    const found = pick(own, [key], reading.removed)
    if (found === null || found === 'removed') continue
    complain(
      reading,
      found.path,
      'conflict',
      `"${key}" says something of pull requests, and these previews follow branches.`,
      'Remove it, or write "follow: pull requests".',
    )
  }
}

function said<T>({ removed }: Reading, own: Level[], key: string): T | null {
  const found = pick(own, [key], removed)
  return found === null || found === 'removed' ? null : (found.value as T)
}
