import { z } from 'zod'
import { NAME_PATTERN } from '../domain/names.ts'
import { freezesSchema } from './freeze-schema.ts'
import { gatesSchema } from './gates-schema.ts'
import { parseFrom, parseGlob, parseImageGlob } from './grammar-glob.ts'
import { parseReviewer, parseWho } from './grammar-who.ts'
import { type Parsed, right, wrong } from './parsed.ts'
import { oneOrMore, text } from './schema-parts.ts'
import { whoSchema } from './who-schema.ts'

/** Grammar only: a source without a forge before it is on the forge of the file. */
const ANY_FORGE = 'any'

const target = text(parseTarget, {
  description: 'The name of an environment, previews, or * for all.',
  pattern: `^\\*$|${NAME_PATTERN.source}`,
  examples: ['staging', 'previews', '*'],
})

const accept = z
  .strictObject({
    from: text((value) => parseFrom(value, ANY_FORGE), {
      description:
        'The application repository, or a pattern. Without a forge before it, the forge of this repository.',
      pattern: '^([a-z][a-z0-9-]*:)?(\\*\\*|[\\w.*?-]+(/[\\w.*?-]+)+)$',
      examples: ['acme/web', 'acme/*', 'gitlab:acme/web'],
    }),
    paths: oneOrMore(
      text(parseGlob, {
        description: 'A pattern over paths of this repository.',
        pattern: '^[^/\\s\\[\\]{}\\\\!][^\\s\\[\\]{}\\\\!]*$',
      }),
      { description: 'The files that may be changed.', examples: ['apps/web/**'] },
    ),
    images: oneOrMore(
      text(parseImageGlob, { description: 'The name of an image, or a pattern.', pattern: '^[^\\s@]+$' }),
      { description: 'The images that may be set.', examples: ['ghcr.io/acme/web', 'ghcr.io/acme/*'] },
    ),
    merge: oneOrMore(
      target,
      { description: 'The environments whose change requests the bot may merge.' },
      0,
    ).optional(),
    direct: oneOrMore(
      target,
      { description: 'The environments, and previews, that the bot may commit without a change request.' },
      0,
    ).optional(),
    branches: oneOrMore(
      text(parseGlob, {
        description: 'A pattern over branches of this repository.',
        pattern: '^[^/\\s\\[\\]{}\\\\!][^\\s\\[\\]{}\\\\!]*$',
      }),
      {
        description: 'Branches that change requests may use besides those below supercargo/.',
        examples: ['argocd/*'],
      },
      0,
    ).optional(),
    gates: gatesSchema
      .meta({
        description:
          'What images must have, in addition to what the application says, in every change of one of the paths and one of the images.',
      })
      .optional(),
    promote: whoSchema((value) => parseWho(value, ANY_FORGE), {
      description: 'Who may promote, roll back and lock, from the application repository.',
      each: 'A person, a team or group, or everybody with a role in this repository.',
      pattern: '^((user|team|group):([a-z][a-z0-9-]*:)?[\\w./-]+|role:[a-z]+)$',
      examples: ['team:acme/sre', 'user:alice', 'role:maintain'],
    }),
    reviewers: whoSchema((value) => parseReviewer(value, ANY_FORGE), {
      description: 'Whom the bot asks for a review of its change requests.',
      each: 'A person, a team or group, on the forge of this repository.',
      pattern: '^(user|team|group):[\\w./-]+$',
      examples: ['team:acme/sre', 'user:alice'],
    }),
  })
  .meta({ description: 'What one application repository, or several, may do.' })

/** `.supercargo/policy.yml` as it is written. */
export const policySchema = z
  .strictObject({
    accept: z.array(accept).max(1000).meta({
      description: 'Who may change what. Nothing is accepted from a repository that no entry names.',
    }),
    freeze: freezesSchema.optional(),
  })
  .meta({
    title: 'Supercargo: the policy of a manifest repository',
    description: '.supercargo/policy.yml on the default branch.',
  })

export type WrittenPolicy = z.infer<typeof policySchema>

function parseTarget(name: string): Parsed<string> {
  return name === '*' || NAME_PATTERN.test(name)
    ? right(name)
    : wrong(
        `"${name}" is not the name of an environment.`,
        'Write a name such as staging, or previews, or "*" for all.',
      )
}
