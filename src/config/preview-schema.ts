import { z } from 'zod'
import { parseLabel, parseShare } from './grammar-preview.ts'
import { parseTime } from './grammar-ready.ts'
import { oneOrMore, text } from './schema-parts.ts'

/** More than anybody runs at once. */
const MOST = 1000

const label = text(parseLabel, { description: 'The name of a label.', pattern: '^\\S(.*\\S)?$' })

/** Which pull requests have a preview, how many at once, and for how long. */
export const choiceKeys = {
  labels: z
    .strictObject({
      need: oneOrMore(label, {
        description: 'A pull request needs one of these labels.',
        examples: ['preview'],
      }).optional(),
      forbid: oneOrMore(label, {
        description: 'A pull request with one of these labels has no preview.',
        examples: ['no-preview', ['wip', 'no-preview']],
      }).optional(),
    })
    .meta({ description: 'Labels that a pull request needs for a preview, or must not have.' })
    .optional(),
  drafts: z.boolean().meta({ description: 'Drafts have previews too.', default: true }).optional(),
  bots: z
    .boolean()
    .meta({ description: 'Pull requests that bots opened have previews too.', default: false })
    .optional(),
  limit: z
    .int()
    .min(1)
    .max(MOST)
    .meta({
      description:
        'How many previews the app has at once, the oldest pull requests first. All when nothing is said.',
      examples: [20],
    })
    .optional(),
  limitPerAuthor: z
    .int()
    .min(1)
    .max(MOST)
    .meta({ description: 'The same for the pull requests of one person.', examples: [3] })
    .optional(),
  maxRemovals: z
    .union([
      z.int().min(1).max(MOST),
      text(parseShare, {
        description: 'A share of the previews of the app.',
        pattern: '^([1-9][0-9]?|100)%$',
      }),
    ])
    .meta({
      description:
        'More previews than this, or a greater share of those that the app has, are removed at once only after somebody has confirmed it.',
      default: 20,
      examples: [5, '50%'],
    })
    .optional(),
  ttl: text(parseTime, {
    description:
      'After how long without a push a preview goes, in days, hours or minutes. It comes back with the next push. Never when nothing is said.',
    pattern: '^(?=\\d)(\\d{1,4}d)?(\\d{1,4}h)?(\\d{1,6}m)?$',
    examples: ['3d', '12h'],
  }).optional(),
}
