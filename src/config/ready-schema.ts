import { z } from 'zod'
import { gatesSchema } from './gates-schema.ts'
import { parseImage } from './grammar.ts'
import { parseCheckGlob, parseCondition, parseExtract, parseTagGlob, parseTime } from './grammar-ready.ts'
import { oneOrMore, text } from './schema-parts.ts'

const TAG_GLOB = '^[A-Za-z0-9_*?][A-Za-z0-9_.*?-]*$'

/** What every target may say of the versions that it takes; the lower level counts. */
export const readyKeys = {
  ready: oneOrMore(
    text(parseCondition, {
      description: 'image: the image is in its registry. checks: the checks of the commit have passed.',
      pattern: '^(image|checks|both|commit)$',
    }),
    {
      description:
        'When the version of a commit counts. image: its images are in their registries, which is so when nothing is said. checks: the checks of its commit have passed. both: image and checks. commit: at once, and nobody looks.',
      examples: ['image', ['image', 'checks'], 'commit'],
    },
  ).optional(),
  checks: oneOrMore(
    text(parseCheckGlob, {
      description: 'The name of a check, or a pattern.',
      pattern: '^\\S(.*\\S)?$',
    }),
    {
      description:
        'The checks that must have passed, where ready says so. All that the branch requires when nothing is said, or all there are, and at least one, where it requires none.',
      examples: [['test', 'coverage/*']],
    },
  ).optional(),
  readyWithin: text(parseTime, {
    description: 'After how long it is said that a version has not become ready, in days, hours or minutes.',
    pattern: '^(?=\\d)(\\d{1,4}d)?(\\d{1,4}h)?(\\d{1,6}m)?$',
    examples: ['30m', '1h', '2d'],
    default: '1h',
  }).optional(),
  pin: z
    .enum(['tag', 'digest'])
    .meta({
      description:
        'Of environments. digest: the digest of the image is written beside its tag. tag when nothing is said.',
    })
    .optional(),
  gates: gatesSchema.optional(),
}

/** What environments, and levels above them, may say of releases and of registries. */
export const releaseKeys = {
  retag: z
    .union([
      z.boolean(),
      text(parseImage, {
        description: 'The name of the image where CI pushes those of commits, in the same registry.',
        pattern: '^[A-Za-z0-9\\[][^\\s@]*$',
      }),
    ])
    .meta({
      description:
        'A release gets the image of its commit under its own tag. true, or the name of the image that CI pushes for commits, in the same registry. Nothing is built anew.',
      examples: [true, 'ghcr.io/acme/web-ci'],
    })
    .optional(),
  tags: z
    .strictObject({
      allow: oneOrMore(
        text(parseTagGlob, { description: 'A pattern over tags.', pattern: TAG_GLOB, examples: ['main-*'] }),
        { description: 'Only tags of these patterns count.' },
      ).optional(),
      deny: oneOrMore(
        text(parseTagGlob, { description: 'A pattern over tags.', pattern: TAG_GLOB, examples: ['*-debug'] }),
        { description: 'Tags of these patterns do not count.' },
      ).optional(),
      extract: text(parseExtract, {
        description:
          'A regular expression (RE2): its first group, or the one named version, is what is compared. A tag that it does not match does not count.',
        pattern: '\\(',
        examples: ['^web-(?<version>[0-9.]+)$'],
      }).optional(),
      prereleases: z
        .boolean()
        .meta({ description: 'Pre-releases count also where the range does not name one.', default: false })
        .optional(),
    })
    .meta({ description: 'Which tags of a registry count, where tags are looked for there.' })
    .optional(),
}

export type WrittenTags = NonNullable<z.infer<(typeof releaseKeys)['tags']>>
