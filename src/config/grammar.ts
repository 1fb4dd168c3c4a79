import { BRANCH_VARIABLES, TITLE_VARIABLES } from '../domain/branch-template.ts'
import { type ImageName, parseImageName, readReference } from '../domain/image.ts'
import { BRANCH_PREFIX } from '../domain/names.ts'
import { checkManifestPath } from '../domain/path.ts'
import { isRefName } from '../domain/ref-name.ts'
import { type ForgeId, parseRepository, type RepositoryId } from '../domain/repository.ts'
import { SLUG_LENGTH } from '../domain/slug.ts'
import { parseTagTemplate, type TagTemplate } from '../domain/tag-template.ts'
import {
  PREVIEW_PATH_VARIABLES,
  PREVIEW_URL_VARIABLES,
  parseTemplate,
  renderTemplate,
  type Template,
} from '../domain/template.ts'
import { attempt, type Parsed, right, wrong } from './parsed.ts'

/** Values that stand for all others when a template is judged. */
const SAMPLE = { number: '1', slug: 'a', sha: 'a'.repeat(40) }

export interface ManifestsReference {
  manifests: RepositoryId
  manifestBranch: string | null
}

/** `acme/k8s-manifests`, `gitlab:acme/k8s-manifests`, `acme/k8s-manifests@main`. */
export function parseManifests(text: string, defaultForge: ForgeId): Parsed<ManifestsReference> {
  const at = text.indexOf('@')
  const manifestBranch = at === -1 ? null : text.slice(at + 1)
  if (manifestBranch !== null && !isRefName(manifestBranch))
    return wrong(
      `"${manifestBranch}" is not the name of a branch.`,
      'Write owner/name@branch, or only owner/name.',
    )
  if (manifestBranch?.startsWith(BRANCH_PREFIX))
    return wrong(
      `The branch "${manifestBranch}" is one of those that Supercargo makes for its change requests.`,
      'Name the branch that the engine deploys from, or none for the default branch.',
    )
  const manifests = attempt(() => parseRepository(at === -1 ? text : text.slice(0, at), defaultForge))
  return manifests.ok ? right({ manifests: manifests.value, manifestBranch }) : manifests
}

/** The name of an image, without tag and digest. */
export function parseImage(text: string): Parsed<ImageName> {
  const reference = readReference(text)
  if (reference === null || (reference.tag === null && reference.digest === null))
    return attempt(() => parseImageName(text))
  return wrong(
    `The image "${text}" has a tag or digest, which is what Supercargo writes.`,
    `Write only its name, ${reference.name.written}.`,
  )
}

/** `{sha:7}`, `main-{sha}`. */
export function parseTag(text: string): Parsed<TagTemplate> {
  return attempt(() => parseTagTemplate(text))
}

/** A file or directory of a manifest repository; one slash at the end is forgiven. */
export function parsePath(text: string): Parsed<string> {
  const path = withoutSlash(text)
  const problem = /[{}]/.test(path)
    ? `The path "${path}" has a variable, which only the path of previews can have.`
    : checkManifestPath(path)
  return problem === null ? right(path) : wrong(problem, PATH_ADVICE)
}

/** A path with `{number}` or `{slug}` somewhere below a directory that has neither. */
export function parsePreviewPath(text: string): Parsed<Template> {
  const template = attempt(() => parseTemplate(withoutSlash(text), PREVIEW_PATH_VARIABLES))
  if (!template.ok) return /\{branch\}/.test(text) ? { ...template, advice: BRANCH_ADVICE } : template
  const problem = checkManifestPath(renderTemplate(template.value, SAMPLE))
  if (problem !== null) return wrong(problem, PATH_ADVICE)
  if (/^[^/]*\{/.test(text))
    return wrong(
      `The path "${text}" begins with a variable, so it could be any directory of the repository.`,
      'Put a directory of its own before it, such as apps/web/previews/pr-{number}.',
    )
  return template
}

/** An http or https address with variables. */
export function parsePreviewUrl(text: string): Parsed<Template> {
  const template = attempt(() => parseTemplate(text, PREVIEW_URL_VARIABLES))
  if (!template.ok) return template
  const rendered = renderTemplate(template.value, SAMPLE)
  const url = URL.canParse(rendered) ? new URL(rendered) : null
  const plain = /^https?:\/\/[A-Za-z0-9][A-Za-z0-9._~:/?#@!$&()*+;=%-]*$/.test(rendered)
  if (url === null || !plain || url.username !== '' || url.password !== '' || url.hostname === '')
    return wrong(
      `"${text}" is not the address of a web page.`,
      'Write it such as https://pr-{number}.preview.acme.dev.',
    )
  const longest = { number: '9'.repeat(10), slug: 'a'.repeat(SLUG_LENGTH), sha: SAMPLE.sha }
  const { hostname } = new URL(renderTemplate(template.value, longest))
  const label = hostname.split('.').find((each) => each.length > 63)
  if (label !== undefined || hostname.length > 253)
    return wrong(
      `"${text}" makes host names with a part of up to ${label?.length ?? hostname.length} characters, and 63 are allowed.`,
      'Shorten what stands around the variable, or write {sha:7} for {sha}.',
    )
  return template
}

/** `argocd/{sha:7}`: a branch below a directory of its own. */
export function parseBranchTemplate(text: string): Parsed<Template> {
  const template = attempt(() => parseTemplate(text, BRANCH_VARIABLES))
  if (!template.ok) return template
  if (text.startsWith(BRANCH_PREFIX))
    return wrong(
      `The branches that begin with "${BRANCH_PREFIX}" have names that Supercargo chooses.`,
      'Leave "branch" out, or begin it with a directory of your own, such as argocd/{environment}.',
    )
  if (!/^[^{]+\//.test(text) || !text.includes('{'))
    return wrong(
      `The branch "${text}" has no directory of its own, or no variable.`,
      'Write it such as argocd/{sha:7} or argocd/{app}-{environment}.',
    )
  const sample = { app: 'a', environment: 'a', tag: 'a', sha: 'a'.repeat(40) }
  if (!isRefName(renderTemplate(template.value, sample)))
    return wrong(`"${text}" does not make names of branches.`, 'Write it such as argocd/{sha:7}.')
  return template
}

/** `Runner: {sha:7}` */
export function parseTitleTemplate(text: string): Parsed<Template> {
  if (text.trim() === '' || text.length > 200 || /\p{Cc}/u.test(text))
    return wrong(
      'The title is empty, longer than 200 characters, or has several lines.',
      'Write it such as "{app} {environment}: {tag}".',
    )
  return attempt(() => parseTemplate(text, TITLE_VARIABLES))
}

const PATH_ADVICE =
  'Write a path from the root of the manifest repository, such as apps/web/overlays/staging.'
const BRANCH_ADVICE = 'Write {slug}, which is the name of the branch in a form that fits into a path.'

function withoutSlash(text: string): string {
  return text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text
}
