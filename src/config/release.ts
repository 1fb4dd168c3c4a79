import { type ImageName, splitName } from '../domain/image.ts'
import { renderTag, type TagTemplate } from '../domain/tag-template.ts'
import { parseImage } from './grammar.ts'
import { parseExtract } from './grammar-ready.ts'
import { type Level, pick } from './level.ts'
import type { Follow, Retag, TagSelection } from './model.ts'
import { complain, judged, type Reading, usedBy } from './reading.ts'
import type { WrittenTags } from './ready-schema.ts'

/** Where a release takes its image from; null where CI pushes it, and for what follows no tags. */
export function readRetag(
  reading: Reading,
  levels: Level[],
  follow: Follow,
  images: readonly ImageName[],
): Retag | null {
  const said = pick(levels, ['retag'], reading.removed)
  if (said === null || said === 'removed' || said.value === false) return null
  const releases = follow.kind === 'tag-glob' || follow.kind === 'tag-range'
  usedBy(reading, said, releases, [
    '"retag" is for releases, and nothing here follows tags of the repository.',
    'Write "follow: tag v*" in the environment, or remove "retag".',
  ])
  if (!releases) return null
  if (said.value === true) return { from: null }
  const from = judged(parseImage(String(said.value)))
  const [image] = images
  const problem = (message: string, advice: string) =>
    complain(reading, said.path, 'conflict', message, advice)
  if (image === undefined || images.length > 1)
    problem(
      '"retag" names one image, and the environment has several.',
      'Write "retag: true", and let CI push each image of a commit where its releases are.',
    )
  else if (splitName(from).host !== splitName(image).host)
    problem(
      `The images ${from.written} and ${image.written} are in two registries.`,
      'Name an image of the same registry: nothing is copied from one to another.',
    )
  return { from }
}

/** Which tags count where tags are looked for in a registry. */
export function readTags(
  reading: Reading,
  levels: Level[],
  rule: { follow: Follow; tag: TagTemplate; retag: Retag | null },
): TagSelection {
  const said = pick(levels, ['tags'], reading.removed)
  const written = said === null || said === 'removed' ? {} : (said.value as WrittenTags)
  usedBy(reading, said, looksForTags(rule), [
    '"tags" selects tags of a registry, and nothing here looks for any.',
    'Write "follow: registry ^1.2" or the like in the environment, or remove "tags".',
  ])
  return {
    allow: written.allow ?? [],
    deny: written.deny ?? [],
    extract: written.extract === undefined ? null : judged(parseExtract(written.extract)),
    prereleases: written.prereleases ?? false,
  }
}

/** Also for commits, those of releases included, of which nobody can compute the tag. */
function looksForTags({ follow, tag, retag }: Parameters<typeof readTags>[2]): boolean {
  const about = { commit: 'a'.repeat(40), version: '1.0.0' }
  if (follow.kind === 'branch')
    return renderTag(tag, { ...about, branch: follow.branch, version: undefined }) === null
  if (follow.kind === 'tag-glob' || follow.kind === 'tag-range')
    return retag !== null && renderTag(tag, about) === null
  return follow.kind !== 'registry-digest'
}
