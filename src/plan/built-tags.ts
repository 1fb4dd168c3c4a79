import type { Environment } from '../config/model.ts'
import type { Oid } from '../domain/commit.ts'
import { globMatches } from '../domain/glob.ts'
import { branchInTag, readTag, type TagTemplate } from '../domain/tag-template.ts'
import type { TagReading } from '../domain/tag-variables.ts'
import { imageCommit } from './image-commit.ts'
import { type Answers, answerTo } from './questions.ts'
import { compareTags } from './tag-order.ts'
import { allOf, asks, HOLDS, unanswered, type Verdict } from './wait.ts'

/** What CI tagged, where nobody can compute its tags: `b{n}.{timestamp}`, `{date}-{sha:7}`, a regular expression. */
export interface BuiltTags {
  /** The newest tag of each commit that has one. */
  tags: ReadonlyMap<Oid, string>
  /** A tag whose image does not say from which commit it was built; null where all of those that were read do. */
  silent: string | null
  /** Holds when the tags are known. */
  verdict: Verdict
}

/** How many images are asked for their labels: those of the newest tags. */
const MOST = 15
const ORDER = ['n', 'timestamp', 'date', 'version'] as const

/**
 * Reads the registry's tags back to commits: by what the template says, else by the labels of the images, newest first.
 * Of what is older than the present tags nothing is read.
 * @param commits newest first; nothing more is read once the first has a tag
 */
export function builtTags(
  answers: Answers,
  environment: Environment,
  commits: readonly Oid[],
  present: readonly string[],
): BuiltTags {
  const [image] = environment.retag?.from ? [environment.retag.from] : environment.images
  if (image === undefined) return { tags: new Map(), silent: null, verdict: HOLDS }
  const question = { about: 'tags' as const, image }
  const listed = answerTo(answers, question)
  if (listed === null) return unread(asks(question))
  if (!listed.known) return unread(unanswered(`Which tags ${image.written} has`, listed))

  const built = readAll(environment, listed.value)
  const tags = new Map<Oid, string>()
  const claim = (said: string, tag: string) => {
    const commit = commits.find((each) => each.startsWith(said))
    if (commit !== undefined && !tags.has(commit)) tags.set(commit, tag)
  }
  for (const { tag, reading } of built) if (reading.sha !== undefined) claim(reading.sha, tag)
  const newer = upToPresent(
    built.flatMap(({ tag, reading }) => (reading.sha === undefined ? [tag] : [])),
    present,
  )
  let silent: string | null = null
  for (const [index, tag] of newer.entries()) {
    if (commits[0] !== undefined && tags.has(commits[0])) break
    const { commit, verdict } = imageCommit(answers, image, tag)
    if (verdict.asks.length > 0) {
      const batch = newer.slice(index, 2 * index + 1)
      return unread(allOf(batch.map((each) => imageCommit(answers, image, each).verdict)))
    }
    if (verdict.waits.length > 0) return unread(verdict)
    if (commit === null) silent ??= tag
    else claim(commit, tag)
  }
  return { tags, silent, verdict: HOLDS }
}

/** Greater than 0: `a` was tagged later than `b`, as far as the template's variables count. */
export function compareBuilt(template: TagTemplate, a: string, b: string): number {
  return byReading(
    { tag: a, reading: readTag(template, a) ?? {} },
    { tag: b, reading: readTag(template, b) ?? {} },
  )
}

interface Built {
  tag: string
  reading: TagReading
}

/** Newest first, by what the tags count with. */
function readAll(
  { tag: template, tags: { allow, deny }, follow }: Environment,
  all: readonly string[],
): Built[] {
  const branch = follow.kind === 'branch' ? branchInTag(follow.branch) : null
  return all
    .filter((tag) => allow.length === 0 || allow.some((glob) => globMatches(glob, tag)))
    .filter((tag) => !deny.some((glob) => globMatches(glob, tag)))
    .flatMap((tag) => {
      const reading = readTag(template, tag)
      return reading === null ? [] : [{ tag, reading }]
    })
    .filter(({ reading }) => branch === null || reading.branch === undefined || reading.branch === branch)
    .toSorted((a, b) => byReading(b, a))
}

function byReading(a: Built, b: Built): number {
  for (const variable of ORDER) {
    const order = compareTags(a.reading[variable] ?? '', b.reading[variable] ?? '')
    if (order !== 0) return order
  }
  return compareTags(a.tag, b.tag)
}

function upToPresent(newestFirst: readonly string[], present: readonly string[]): string[] {
  const end = newestFirst.findIndex((tag) => present.includes(tag))
  return newestFirst.slice(0, end === -1 ? MOST : Math.min(end + 1, MOST))
}

function unread(verdict: Verdict): BuiltTags {
  return { tags: new Map(), silent: null, verdict }
}
