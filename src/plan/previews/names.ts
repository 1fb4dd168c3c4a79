import type { Previews } from '../../config/model.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { SLUG_LENGTH } from '../../domain/slug.ts'
import { renderTag } from '../../domain/tag-template.ts'
import {
  PREVIEW_URL_VARIABLES,
  PREVIEW_VARIABLES,
  parseTemplate,
  renderTemplate,
  renderText,
  type TemplateValues,
} from '../../domain/template.ts'
import { type ObjectName, objectNames } from '../../edit/search/object-names.ts'
import type { ManifestFile } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/, in the length that all kinds take. */
const GRAMMARS: Record<ObjectName['kind'], RegExp> = {
  label: new RegExp(`^${LABEL}$`),
  name: new RegExp(`^(?=.{1,63}$)${LABEL}(?:\\.${LABEL})*$`),
  part: /^[a-z0-9.-]{1,63}$/,
  host: new RegExp(`^(?=.{1,253}$)(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*(?::[0-9]{1,5})?$`),
}

/** Names that a person might choose, as long and as odd as they may be: what is valid with these is valid with all. */
const BRANCH = 'feature/Some_branch'
const COMMIT = 'a'.repeat(40)

/**
 * Why a template would make names that no cluster takes, with file and line; null when all that it makes are valid. It is
 * judged by the longest values, not by those of the pull requests that are open, so that it does not fail on a later one.
 */
export function invalidName(template: readonly ManifestFile[], previews: Previews): Reason | null {
  const values = longest(previews)
  for (const { path, text } of template) {
    if (text === null || !/\.(?:ya?ml|json)$/i.test(path)) continue
    const rendered = renderedOrNull(text, values)
    if (rendered === null) continue
    const [before, after] = [text.split('\n'), rendered.split('\n')]
    const wrong = objectNames({ path, text: rendered }).find(
      ({ kind, text: name, line }) =>
        // what has no variable is the same for every preview, and whoever wrote it meant it
        before[line - 1] !== after[line - 1] && !name.includes('://') && !GRAMMARS[kind].test(name),
    )
    if (wrong !== undefined) {
      const written = (before[wrong.line - 1] ?? '').trim()
      return { code: 'template-name-invalid', message: explain(path, wrong, written) }
    }
  }
  return null
}

function explain(path: string, { kind, key, text, line }: ObjectName, written: string): string {
  const long = kind !== 'host' && text.length > 63
  const why = long
    ? `makes names of up to ${text.length} characters, and 63 are allowed; shorten what stands around the variable`
    : `makes names such as "${text}", which no ${kind === 'host' ? 'name server' : 'cluster'} takes; use {slug} or {number}`
  return `${path}, line ${line}: "${written}" (${key}) ${why}.`
}

/** A missing value is told of where a preview is made. */
function renderedOrNull(text: string, values: TemplateValues): string | null {
  try {
    return renderText(text, PREVIEW_VARIABLES, values)
  } catch (error) {
    if (error instanceof SupercargoError) return null
    throw error
  }
}

function longest(previews: Previews): TemplateValues {
  const slug = 'a'.repeat(SLUG_LENGTH)
  const number = previews.follow.kind === 'branches' ? undefined : '9'.repeat(10)
  const names = { slug, number, sha: COMMIT }
  const url =
    previews.url === null
      ? undefined
      : renderTemplate(parseTemplate(previews.url, PREVIEW_URL_VARIABLES), names)
  return {
    ...names,
    branch: BRANCH,
    tag: renderTag(previews.tag, { commit: COMMIT, branch: BRANCH }) ?? COMMIT,
    image: previews.images[0]?.written,
    url,
    host: url === undefined ? undefined : /^https?:\/\/([^/?#]+)/.exec(url)?.[1],
    owner: 'Some_Person',
    title: 'Some title',
    expires: '2026-01-02T03:04:05Z',
    replicas: '1',
    digest: `sha256:${'a'.repeat(64)}`,
  }
}
