import { z } from 'zod'
import { NAME_PATTERN } from '../domain/names.ts'
import { gatesSchema } from './gates-schema.ts'
import { parseFrom, parseGlob, parseImageGlob } from './grammar-glob.ts'
import { type Parsed, right, wrong } from './parsed.ts'
import { oneOrMore, text } from './schema-parts.ts'

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
    promote: oneOrMore(
      text(parseWho, {
        description: 'Who may promote, once there are commands for it; this version has none.',
        pattern: '^(team|user|role):\\S+$',
        examples: ['team:acme/sre', 'user:alice', 'role:maintain'],
      }),
      { description: 'Who may promote, once there are commands for it; this version has none.' },
    ).optional(),
  })
  .meta({ description: 'What one application repository, or several, may do.' })

/** `.supercargo/policy.yml` as it is written. */
export const policySchema = z
  .strictObject({
    accept: z.array(accept).max(1000).meta({
      description: 'Who may change what. Nothing is accepted from a repository that no entry names.',
    }),
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

function parseWho(who: string): Parsed<string> {
  return /^(?:team|user|role):\S+$/.test(who)
    ? right(who)
    : wrong(`"${who}" names nobody.`, 'Write team:acme/sre, user:alice or role:maintain.')
}
