import type { Environment } from '../../config/model.ts'
import type { Oid } from '../../domain/commit.ts'
import { globMatches } from '../../domain/glob.ts'
import type { ImageName } from '../../domain/image.ts'
import { branchInTag, readTag, type TagTemplate } from '../../domain/tag-template.ts'
import { compareReadings, type TagReading } from '../../domain/tag-variables.ts'
import { type Answers, answerTo } from '../questions.ts'
import { imageCommit } from './image-commit.ts'
import { compareTags } from './tag-order.ts'
import { allOf, asks, HOLDS, lacks, unanswered, type Verdict } from './wait.ts'

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

/** Which tags are looked for. */
export interface Sought {
  /** Newest first; nothing more is read once the first has a tag. */
  commits: readonly Oid[]
  /** Of what is older than these nothing is read. */
  present: readonly string[]
  /** Whose tag a commit goes by that was built for several; the rule of the environment may allow no other. */
  branch: string
}

/** Reads the registry's tags back to commits: by what the template says, else by the labels of the images, newest first. */
export function builtTags(
  answers: Answers,
  environment: Environment,
  { commits, present, branch }: Sought,
): BuiltTags {
  const image = builtAs(environment)
  if (image === undefined) return { tags: new Map(), silent: null, verdict: HOLDS }
  const question = { about: 'tags' as const, image }
  const listed = answerTo(answers, question)
  if (listed === null) return unread(asks(question))
  if (!listed.known) return unread(unanswered(`Which tags ${image.written} has`, listed))

  const built = readAll(environment, branchInTag(branch), listed.value)
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

/**
 * Why a commit has no tag among those that were read.
 * @param name of its version
 * @param silent as BuiltTags has it
 */
export function notBuilt(name: string, environment: Environment, silent: string | null): Verdict {
  const image = builtAs(environment)?.written ?? ''
  if (silent === null) {
    const message = `${name} waits for its image: no tag of ${image} that is like ${environment.tag.source} was built from it.`
    return lacks({ code: 'waits-for-image', message }, true)
  }
  const message = `${name} waits for its image: no tag of ${image} names it, and ${silent} does not say from which commit it was built. Let the builder set the label org.opencontainers.image.revision, or follow the registry.`
  return lacks({ code: 'no-commit-in-image', message }, true)
}

/** Greater than 0: `a` was tagged later than `b`, as far as the template's variables count. */
export function compareBuilt(template: TagTemplate, a: string, b: string): number {
  return byReading(
    { tag: a, reading: readTag(template, a) ?? {} },
    { tag: b, reading: readTag(template, b) ?? {} },
  )
}

/** Where CI pushes; of several images the first stands for all. */
function builtAs({ retag, images }: Environment): ImageName | undefined {
  return retag?.from ?? images[0]
}

interface Built {
  tag: string
  reading: TagReading
}

/** Those of the branch first, then newest first by what the tags count with. */
function readAll(
  { tag: template, tags: { allow, deny }, follow }: Environment,
  branch: string,
  all: readonly string[],
): Built[] {
  const isOwn = ({ reading }: Built) => reading.branch === undefined || reading.branch === branch
  return all
    .filter((tag) => allow.length === 0 || allow.some((glob) => globMatches(glob, tag)))
    .filter((tag) => !deny.some((glob) => globMatches(glob, tag)))
    .flatMap((tag) => {
      const reading = readTag(template, tag)
      return reading === null ? [] : [{ tag, reading }]
    })
    .filter((each) => follow.kind !== 'branch' || isOwn(each))
    .toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || byReading(b, a))
}

function byReading(a: Built, b: Built): number {
  return compareReadings(a.reading, b.reading) || compareTags(a.tag, b.tag)
}

function upToPresent(newestFirst: readonly string[], present: readonly string[]): string[] {
  const end = newestFirst.findIndex((tag) => present.includes(tag))
  return newestFirst.slice(0, end === -1 ? MOST : Math.min(end + 1, MOST))
}

function unread(verdict: Verdict): BuiltTags {
  return { tags: new Map(), silent: null, verdict }
}
