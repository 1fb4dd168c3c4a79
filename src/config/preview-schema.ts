import { z } from 'zod'
import { parseExpected, parseLabel, parsePagePath, parseShare } from './grammar-preview.ts'
import { parseTime } from './grammar-ready.ts'
import { oneOrMore, text } from './schema-parts.ts'

/** More than anybody runs at once. */
const MOST = 1000

const TIME = '^(?=\\d)(\\d{1,4}d)?(\\d{1,4}h)?(\\d{1,6}m)?$'

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
  forks: z
    .enum(['approved', 'never'])
    .meta({
      description:
        'Whether pull requests from forks may have previews: of one commit at a time, which somebody approved who may write to this repository, or never.',
      default: 'approved',
    })
    .optional(),
  forkLabel: text(parseLabel, {
    description:
      'Whoever may write to this repository approves the newest commit of a fork by giving its pull request this label, as the command "/cargo preview up" does. No label does when nothing is said.',
    pattern: '^\\S(.*\\S)?$',
    examples: ['preview-fork'],
  }).optional(),
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
    pattern: TIME,
    examples: ['3d', '12h'],
  }).optional(),
  sleep: text(parseTime, {
    description:
      'After how long without a push a preview is written with {replicas} as 0, in days, hours or minutes. The next push makes it 1 again. Never when nothing is said.',
    pattern: TIME,
    examples: ['8h'],
  }).optional(),
}

const status = z.int().min(100).max(599)

/** Whether previews answer. */
export const probeKeys = {
  probe: z
    .union([
      z.boolean(),
      z.strictObject({
        path: text(parsePagePath, {
          description: 'The page that is asked, on the host of url. The url itself when nothing is said.',
          pattern: '^/([^/\\\\].*)?$',
          examples: ['/healthz'],
        }).optional(),
        status: z
          .union([status, z.array(status).min(1).max(20)])
          .meta({
            description: 'The status that means that it answers, or several of them.',
            default: 200,
            examples: [204, [200, 302]],
          })
          .optional(),
        expect: text(parseExpected, {
          description:
            'A text that the answer must hold; {sha}, {sha:7} and {tag} are replaced. With it, the answer of the commit before does not count.',
          pattern: '\\S',
          examples: ['{sha}'],
        }).optional(),
        within: text(parseTime, {
          description: 'After how long it is said that a preview does not answer, in days, hours or minutes.',
          pattern: TIME,
          examples: ['30m'],
          default: '10m',
        }).optional(),
      }),
    ])
    .meta({
      description:
        'A preview is called ready when its url answers. true, or what is asked and expected. It needs url, the comment, and an operator who allows the host.',
      default: false,
      examples: [true, { path: '/healthz', status: 200, within: '10m' }],
    })
    .optional(),
}

export type WrittenProbe = NonNullable<z.infer<(typeof probeKeys)['probe']>>
