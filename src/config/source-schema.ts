import { z } from 'zod'
import { FORMER_PREVIEWS, NAME_PATTERN, PREVIEWS, STATE } from '../domain/names.ts'
import { fieldKeys } from './field-schema.ts'
import {
  parseBranchTemplate,
  parseImage,
  parseManifests,
  parsePath,
  parsePreviewPath,
  parsePreviewUrl,
  parseTag,
  parseTitleTemplate,
} from './grammar.ts'
import { parseFollow, parsePreviewFollow } from './grammar-follow.ts'
import { parsePlace } from './grammar-glob.ts'
import { choiceKeys, probeKeys } from './preview-schema.ts'
import { readyKeys, releaseKeys } from './ready-schema.ts'
import { oneOrMore, text } from './schema-parts.ts'

const IMAGE = '^[A-Za-z0-9\\[][^\\s@]*$'
/** Grammar only: a repository without a forge before it is on the forge of the file. */
const ANY_FORGE = 'any'
const PATH = '^(?!/)[^\\\\{}]+$'

const image = text(parseImage, {
  description: 'The name of the image, without a tag.',
  pattern: IMAGE,
  examples: ['ghcr.io/acme/web', 'registry.acme.dev:5000/web', 'nginx'],
})

const follow = text(parseFollow, {
  description:
    'What the environment follows: the newest commit of a branch, the highest tag of a pattern or of a range of semantic versions, a tag of a registry, or what another environment of the app has.',
  pattern: '^\\s*(branch|tag|registry|environment)\\s+\\S',
  examples: [
    'branch main',
    'tag v*',
    'tag ^1.2',
    'tag >=1.4 <2',
    'registry ^1.2',
    'registry newest matching "main-*"',
    'registry digest latest',
    'environment staging',
  ],
})

const path = text(parsePath, {
  description: 'The directory or file in the manifest repository where the environment is.',
  pattern: PATH,
  examples: ['apps/web/overlays/staging', 'apps/web/values-staging.yaml'],
})

const branch = text(parseBranchTemplate, {
  description:
    'The branch of change requests, when it is not to be supercargo/APP/ENVIRONMENT; {app}, {environment}, {tag}, {sha} and {sha:7} are replaced. It needs the policy of the manifest repository.',
  pattern: '^(?!supercargo/)[^{}/][^{}]*/[^{}]*\\{(app|environment|tag|sha(:[0-9]{1,2})?)\\}',
  examples: ['argocd/{sha:7}', 'deploy/{app}-{environment}'],
})

const title = text(parseTitleTemplate, {
  description:
    'The title of change requests; {app}, {environment}, {tag}, {sha}, {sha:7} and {from} are replaced.',
  pattern: '\\S',
  examples: ['Runner: {sha:7}', '{app} {environment}: {tag}'],
})

/** What may stand at every level; the lower level counts. */
const inheritable = {
  manifests: text((value) => parseManifests(value, ANY_FORGE), {
    description:
      'The manifest repository; a forge before it when it is not on the forge of this repository, a branch after it when it is not the default one.',
    pattern: '^([a-z][a-z0-9-]*:)?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+(@[^\\s~^:?*\\[\\\\]+)?$',
    examples: [
      'acme/k8s-manifests',
      'gitlab:acme/k8s-manifests',
      'internal:acme/platform/k8s-manifests',
      'acme/k8s-manifests@env/prod',
    ],
  }).optional(),
  image: image.optional(),
  images: z
    .array(image)
    .min(1)
    .max(50)
    .meta({ description: 'The names of several images that get the same tag. Instead of `image`.' })
    .optional(),
  tag: text(parseTag, {
    description:
      'How CI names the image of a commit: with {sha}, {sha:7}, {branch}, {version}, {date}, {n} and {timestamp}, or a regular expression (RE2) between slashes whose groups have these names.',
    pattern:
      '^/.+/$|^[A-Za-z0-9_.{}:-]*\\{(sha(:[0-9]{1,2})?|version|date|n|timestamp)\\}[A-Za-z0-9_.{}:-]*$',
    examples: ['{sha:7}', '{branch}-{sha:7}', 'b{n}.{timestamp}', '/^b(?<n>\\d+)\\.(?<timestamp>[\\d.]+)$/'],
    default: '{sha:7}',
  }).optional(),
  ...readyKeys,
  merge: z
    .enum(['review', 'auto', 'direct'])
    .meta({
      description:
        'How a change gets in. review: people merge. auto: the bot merges what the forge allows. direct: a commit on the manifest branch. auto and direct need the policy of the manifest repository. Environments have review, previews direct, when nothing is said.',
    })
    .optional(),
}

const environment = z
  .strictObject({
    follow: follow.optional(),
    path: path.optional(),
    branch: branch.optional(),
    title: title.optional(),
    ...fieldKeys,
    ...releaseKeys,
    ...inheritable,
  })
  .meta({ description: 'An environment: what it follows, and where it is in the manifest repository.' })

const environments = z.record(z.string(), environment).meta({
  description: 'The environments by name.',
  propertyNames: { pattern: NAME_PATTERN.source, not: { enum: [PREVIEWS, FORMER_PREVIEWS] } },
  maxProperties: 100,
})

const previews = z
  .strictObject({
    follow: text(parsePreviewFollow, {
      description: 'What gets a preview: every open pull request, or every branch of a pattern.',
      pattern: '^\\s*(pull\\s+requests\\s*$|branches\\s+\\S)',
      examples: ['pull requests', 'branches feature/*'],
    }).optional(),
    template: text(parsePath, {
      description:
        'The file or directory in the manifest repository from which previews are made. Without it, a preview is one JSON file with the values of all variables, and path ends with .json.',
      pattern: PATH,
      examples: ['apps/web/preview'],
    }).optional(),
    path: text(parsePreviewPath, {
      description: 'Where a preview is written: with {number} for pull requests, with {slug} for branches.',
      pattern: '^[^/{}\\\\][^{}\\\\]*/[^{}\\\\]*\\{(number|slug)\\}[^\\\\]*$',
      examples: [
        'apps/web/previews/pr-{number}',
        'apps/web/previews/{slug}',
        'previews/web/pr-{number}.json',
      ],
    }).optional(),
    url: text(parsePreviewUrl, {
      description: 'Where a preview can be seen; {number}, {slug}, {sha} and {sha:7} are replaced.',
      pattern: '^https?://\\S+$',
      examples: ['https://pr-{number}.web.preview.acme.dev'],
    }).optional(),
    comment: z
      .enum(['on', 'off'])
      .meta({ description: 'off: no comment on pull requests says how the preview is.', default: 'on' })
      .optional(),
    deployments: z
      .enum(['on', 'off'])
      .meta({
        description:
          'off: the forge does not show previews that have a url as deployments. With comment: off it never does.',
        default: 'on',
      })
      .optional(),
    status: z
      .enum(['on', 'off'])
      .meta({
        description:
          'on: a check run (GitHub) or commit status (GitLab) on the head of the pull request says how its preview is. With comment: off there is none.',
        default: 'off',
      })
      .optional(),
    ...probeKeys,
    ...choiceKeys,
    ...inheritable,
  })
  .meta({ description: 'Temporary environments for pull requests or branches.' })

const shared = {
  ...inheritable,
  follow: follow.optional(),
  path: path.optional(),
  ...fieldKeys,
  ...releaseKeys,
  branch: branch.optional(),
  title: title.optional(),
  paths: oneOrMore(
    text(parsePlace, {
      description: 'A file of this repository, or a directory followed by /** for everything below it.',
      pattern: '^(?:\\*\\*|[^/\\s\\[\\]{}\\\\!*?][^\\s\\[\\]{}\\\\!*?]*(?:/\\*\\*)?)$',
    }),
    {
      description:
        'A commit concerns the app when it touches one of these paths. All commits do when nothing is said.',
      examples: ['services/web/**'],
    },
  ).optional(),
  environments: environments.optional(),
  previews: previews.optional(),
}

const app = z.strictObject(shared).meta({ description: 'One app of a repository with several.' })

/** The application repository's file as it is written. */
export const sourceSchema = z
  .strictObject({
    ...shared,
    apps: z
      .record(z.string(), app)
      .meta({
        description:
          'The apps of a repository with several, by name. What an app does not say it takes from the top of the file.',
        propertyNames: { pattern: NAME_PATTERN.source, not: { const: STATE } },
        maxProperties: 100,
      })
      .optional(),
  })
  .meta({
    title: 'Supercargo: the configuration of an application repository',
    description: '.github/supercargo.yml, .gitlab/supercargo.yml or .supercargo.yml on the default branch.',
  })

export type WrittenSource = z.infer<typeof sourceSchema>
export type WrittenEnvironment = z.infer<typeof environment>
