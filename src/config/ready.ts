import { renderTag, type TagTemplate } from '../domain/tag-template.ts'
import { readGates } from './gates.ts'
import type { WrittenGates } from './gates-schema.ts'
import { parseCondition, parseTime } from './grammar-ready.ts'
import { type Level, pick } from './level.ts'
import type { Follow, ImageGates, PreviewFollow, Ready } from './model.ts'
import { complain, judged, type Reading, usedBy } from './reading.ts'

const DEFAULT = ['image']
const AN_HOUR = 3600
const NO_GATES: ImageGates = { scan: null, signature: [] }

/** When versions count, and what their images must have; by default when their images are there. */
export interface Conditions {
  ready: Ready
  pin: boolean
  gates: ImageGates
}

/** The conditions of a target, its own or inherited, judged by what it follows and how its tags are made. */
export function readConditions(
  reading: Reading,
  levels: Level[],
  follow: Follow | PreviewFollow,
  tag: TagTemplate,
): Conditions {
  const ready = readReady(reading, levels)
  const gates = readImageGates(reading, levels)
  if (!ready.image && ready.checks === null) complainAboutCommit(reading, levels, follow, tag, gates)
  if (ready.checks !== null && follow.kind.startsWith('registry-'))
    complainAt(
      reading,
      levels,
      'ready',
      'What a registry is followed for has no commit whose checks could be looked at.',
      'Write "ready: image" in the environment.',
    )
  return { ready, pin: readPin(reading, levels, follow), gates }
}

function readReady(reading: Reading, levels: Level[]): Ready {
  const said = pick(levels, ['ready'], reading.removed)
  const words = said === null || said === 'removed' ? DEFAULT : (said.value as string[])
  const conditions = words.map((word) => judged(parseCondition(word)))
  if (conditions.includes('commit') && conditions.length > 1)
    complainAt(
      reading,
      levels,
      'ready',
      'With "commit", nothing else is waited for.',
      'Write "ready: commit", or leave "commit" out.',
    )
  const needs = (condition: string) => conditions.some((each) => each === condition || each === 'both')
  const names = pick(levels, ['checks'], reading.removed)
  const within = pick(levels, ['readyWithin'], reading.removed)
  usedBy(reading, names, needs('checks'), [
    '"checks" names what nothing here waits for.',
    'Write "ready: checks" or "ready: both" beside it, or remove it.',
  ])
  usedBy(reading, within, !conditions.includes('commit'), [
    '"readyWithin" is a time in which nothing here has to become ready.',
    'Remove it, or write "ready: image" or "ready: checks".',
  ])
  return {
    image: needs('image'),
    checks: !needs('checks') ? null : names === null || names === 'removed' ? [] : (names.value as string[]),
    within: within === null || within === 'removed' ? AN_HOUR : judged(parseTime(String(within.value))),
  }
}

function readImageGates(reading: Reading, levels: Level[]): ImageGates {
  const said = pick(levels, ['gates'], reading.removed)
  return said === null || said === 'removed' ? NO_GATES : readGates(said.value as WrittenGates)
}

/** With `ready: commit` nobody looks into a registry, so nothing can be asked of what is there. */
function complainAboutCommit(
  reading: Reading,
  levels: Level[],
  follow: Follow | PreviewFollow,
  tag: TagTemplate,
  { scan, signature }: ImageGates,
): void {
  if (scan !== null || signature.length > 0)
    complainAt(
      reading,
      levels,
      'gates',
      'With "ready: commit" nobody looks at the image, so no gate can hold.',
      'Write "ready: image", or remove the gates.',
    )
  if (follow.kind === 'branch' && renderTag(tag, { commit: 'a'.repeat(40), branch: follow.branch }) === null)
    complainAt(
      reading,
      levels,
      'tag',
      `With "ready: commit" nobody looks for tags, and "${tag.source}" cannot be computed from a commit.`,
      'Write "ready: image", or a tag such as "{sha:7}".',
    )
}

/** A tag that is moved says nothing without the digest that it has now. */
function readPin(reading: Reading, levels: Level[], follow: Follow | PreviewFollow): boolean {
  const said = pick(levels, ['pin'], reading.removed)
  const value = said === null || said === 'removed' ? null : said.value
  const isPreview = follow.kind === 'pull-requests' || follow.kind === 'branches'
  usedBy(reading, said, !isPreview, [
    '"pin" is for environments, and previews are written as their template says.',
    'Write "{image}:{tag}@{digest}" in the template of the previews, and remove "pin".',
  ])
  if (isPreview) return false
  if (follow.kind !== 'registry-digest') return value === 'digest'
  if (value === 'tag')
    complainAt(
      reading,
      levels,
      'pin',
      'Where the digest of a tag is followed, it is the digest that is written.',
      'Write "pin: digest" in the environment.',
    )
  return true
}

/** At the level that says the key. */
function complainAt(reading: Reading, levels: Level[], key: string, message: string, advice: string): void {
  const said = pick(levels, [key], reading.removed)
  if (said !== null && said !== 'removed') complain(reading, said.path, 'conflict', message, advice)
}
