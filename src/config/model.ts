import type { FieldPath } from '../domain/field-path.ts'
import type { ImageName } from '../domain/image.ts'
import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import type { TagTemplate } from '../domain/tag-template.ts'
import type { Template } from '../domain/template.ts'
import type { Severity, SignatureTrust } from '../domain/trust.ts'

/** The application repository's configuration, normalised: every default is filled in, everything inherited. */
export interface SourceConfig {
  apps: App[]
}

export interface App {
  name: string
  /** Globs; a commit concerns the app when it touches one of them. [] means the whole repository. */
  paths: string[]
  environments: Environment[]
  previews: Previews | null
}

/** What environments and previews have in common: where and how an image is written. */
export interface Target {
  manifests: RepositoryId
  /** Null: the default branch of the manifest repository. */
  manifestBranch: string | null
  /** At least one. */
  images: ImageName[]
  tag: TagTemplate
  ready: Ready
  /** Write the image's digest beside its tag. */
  pin: boolean
  gates: ImageGates
  merge: MergeMode
}

/** What must hold before the version of a commit is a candidate. */
export interface Ready {
  /** All images of the version are in their registries. */
  image: boolean
  /**
   * Names (globs) of checks that must have passed; [] is all that the branch requires, or all there are (at least one)
   * where it requires none. Null: checks do not matter.
   */
  checks: string[] | null
  /** Seconds after which it is said that a version has not become ready. */
  within: number
}

/** What an image must have beyond being there. */
export interface ImageGates {
  /** The registry's scanner has found nothing of this severity or worse; null: nobody asks. */
  scan: Exclude<Severity, 'none'> | null
  /** One of them must have signed; []: nobody needs to. */
  signature: SignatureTrust[]
}

export interface Environment extends Target {
  name: string
  /** Of an environment that follows another one, that one's rule: it says what is newer. */
  follow: Follow
  /** Name of the environment of the same app whose version it is to have; null: that of its rule. */
  upstream: string | null
  /** Which tags of a registry count, and what of them; for `registry` rules, and for tags that name no commit. */
  tags: TagSelection
  /** A release gets the image of its commit under its own tag; null: CI pushes it. */
  retag: Retag | null
  /** Directory or file in the manifest repository: relative, `/`, no `..`. */
  path: string
  /** What no format finds by the image's name. */
  fields: Field[]
  /** Flux image policies whose markers in the manifests mean one of the images. */
  imagePolicies: ImagePolicy[]
  /** Branch of its change requests; null: `supercargo/<app>/<environment>`. */
  branch: Template | null
  /** Title of its change requests; null: the usual one. */
  title: Template | null
}

export interface Retag {
  /** Where CI pushes the images of commits, in the same registry; null: where releases are, too. */
  from: ImageName | null
}

/** Paths are relative to the directory that the environment's path is, or is in; no `..`. */
export type Field = SetField | RenderField

/** One value of a YAML or JSON file. */
export interface SetField {
  kind: 'set'
  file: string
  /** Which document of a file with several; null: the only one that has the path. */
  document: DocumentName | null
  at: FieldPath
  /** Names at least one of VERSION_VARIABLES. */
  value: Template
}

/** A file that is written from a template of the manifest repository. */
export interface RenderField {
  kind: 'render'
  template: string
  to: string
}

/** A Kubernetes object in a file; `name` null: whatever its name. */
export interface DocumentName {
  kind: string
  name: string | null
}

export interface ImagePolicy {
  /** `flux-system:web`. */
  policy: string
  image: ImageName
}

/** Which pull requests have a preview. */
export interface PreviewChoice {
  /** Names in small letters: one of `need` must be there unless it is [], and none of `forbid`. */
  labels: { need: string[]; forbid: string[] }
  drafts: boolean
  /** Also those that bots opened. */
  bots: boolean
  /** Of forks: one commit at a time that somebody approved who may write to the application repository, or none. */
  forks: 'approved' | 'never'
  /** Who gives a fork's pull request this label (in small letters) approves its commit; null: no label does. */
  forkLabel: string | null
  /** How many there are at once, of the app and of one author; null: as many as there are. */
  limit: number | null
  limitPerAuthor: number | null
  /** More are removed in one pass only when a person has confirmed it. */
  maxRemovals: RemovalLimit
  /** Seconds without activity after which a preview goes; null: never. */
  ttl: number | null
  /** Seconds without activity after which it is written with `{replicas}` 0; less than `ttl`; null: never. */
  sleep: number | null
}

/** How the page of a preview tells that it is ready. */
export interface Probe {
  /** Of the page, on the host of the preview's `url`; null: the `url` itself. */
  path: string | null
  /** One of these means that it answers. */
  status: number[]
  /** Must stand in what it answers; names PAGE_VARIABLES. Null: nothing needs to. */
  expect: Template | null
  /** Seconds after which it is said that it does not answer. */
  within: number
}

/** So many, or so many of a hundred previews that the app has, but always one. */
export type RemovalLimit = number | { percent: number }

export interface Previews extends Target, PreviewChoice {
  follow: PreviewFollow
  /** File or directory in the manifest repository; null: a preview is one JSON file with the values of all variables. */
  template: string | null
  /** Path template, such as `apps/web/previews/pr-{number}`; ends with `.json` where there is no template. */
  path: string
  /** URL template, or null. */
  url: string | null
  /** Null: nobody looks whether previews answer. It needs `url` and the comment. */
  probe: Probe | null
  /** The bot comments on source pull requests. */
  comment: boolean
  /** The forge of the source shows previews as deployments; it needs the comment. */
  deployments: boolean
  /** The head of the pull request says how its preview is; it needs the comment. */
  status: boolean
}

/** `review`: people merge. `auto`: the bot merges what the forge allows. `direct`: a commit on the manifest branch. */
export type MergeMode = 'review' | 'auto' | 'direct'

export type Follow =
  | { kind: 'branch'; branch: string }
  /** All tags that the glob matches; the highest counts. */
  | { kind: 'tag-glob'; glob: string }
  /** All tags that are a version in the range (node-semver grammar); the highest counts. */
  | { kind: 'tag-range'; range: string }
  /** Tags in the registry that are a version in the range; the highest counts. */
  | { kind: 'registry-range'; range: string }
  /** Tags in the registry that the glob matches; the highest in natural order counts. */
  | { kind: 'registry-newest'; glob: string }
  /** Whatever the tag names now. */
  | { kind: 'registry-digest'; tag: string }

/** What may be written: a rule, or another environment of the same app. */
export type WrittenFollow = Follow | { kind: 'environment'; environment: string }

export interface TagSelection {
  /** Globs, besides the rule's own; [] is every tag. */
  allow: string[]
  deny: string[]
  /** RE2 pattern: its first group (or `version`) is what is compared; a tag that it does not match does not count. */
  extract: string | null
  /** Also pre-releases (https://semver.org/#spec-item-9) that the range does not name. */
  prereleases: boolean
}

export type PreviewFollow = { kind: 'pull-requests' } | { kind: 'branches'; glob: string }

/** `.supercargo/policy.yml` of a manifest repository, normalised. */
export interface Policy {
  accept: Accept[]
  /** Absent: none. */
  freeze?: Freeze[]
}

/** A time in which environments stay as they are. */
export interface Freeze {
  /** ISO 8601, UTC: the first moment of it, and the first one after it. */
  from: string
  to: string
  /** Names of environments; null: all of them. */
  only: string[] | null
  except: string[]
  /** Foreign text; null: nothing was said. */
  reason: string | null
}

/** People, as a policy names them. A login or team of one forge says nothing of another forge. */
export type Who =
  | { kind: 'user'; forge: ForgeId; login: string }
  /** GitHub: `acme/sre` is the team `sre` of the organisation `acme`. GitLab: the path of a group. */
  | { kind: 'team'; forge: ForgeId; path: string }
  /** Whoever has this role, or a higher one, in the manifest repository. */
  | { kind: 'role'; role: Role }

export type Role = 'write' | 'maintain' | 'admin'

/** Whom the bot may ask for a review, on the forge of the manifest repository. */
export type Reviewer = Exclude<Who, { kind: 'role' }>

/** By name of the environment (or `previews`); `*` is every other one. */
export type ByEnvironment<T> = Readonly<Record<string, readonly T[]>>

/** What one or more source repositories may do; several entries for one source add up. */
export interface Accept {
  /** Glob over repository paths; `forge` null means any. */
  from: { forge: string | null; glob: string }
  /** Globs over paths of the manifest repository. */
  paths: string[]
  /** Globs over normalised image names (`ghcr.io/acme/web`). */
  images: string[]
  /** Environments that may be merged by the bot; `*` for all. */
  merge: string[]
  /** Environments (or `previews`) that may be committed directly; `*` for all. */
  direct: string[]
  /** Globs over branches that change requests may use besides those below `supercargo/`; absent: none. */
  branches?: string[]
  /** What the images must have besides what the application says; absent: nothing. */
  gates?: ImageGates
  /** Who may promote, roll back and lock; absent: nobody. */
  promote?: ByEnvironment<Who>
  /** Whom the bot asks for a review of its change requests; absent: nobody. */
  reviewers?: ByEnvironment<Reviewer>
}

/** Something wrong in a configuration file, where it is, and what to write instead. */
export interface Problem {
  /** Stable, kebab-case: `unknown-key`, `wrong-type`, `missing`. */
  code: string
  /** One whole sentence. */
  message: string
  /** What to write instead: one whole sentence, or null. */
  advice: string | null
  file: string
  /** From 1. */
  line: number
  column: number
}

export type Read<T> = { ok: true; value: T } | { ok: false; problems: Problem[] }
