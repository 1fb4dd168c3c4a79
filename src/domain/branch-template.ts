import type { Oid } from './commit.ts'
import { escapeRegExp, renderTemplate, type Template, templateVariables } from './template.ts'

/** What the name of a change request's branch may hold, in place of `supercargo/<app>/<environment>`. */
export const BRANCH_VARIABLES = ['app', 'environment', 'tag', 'sha'] as const

/** What the title of a change request may hold; `from` is the version before. */
export const TITLE_VARIABLES = ['app', 'environment', 'tag', 'sha', 'from'] as const

/** Whose change request it is. */
export interface Owner {
  app: string
  environment: string
}

/** True when every version has a branch of its own. */
export function namesVersion(template: Template): boolean {
  return templateVariables(template).some((name) => name === 'tag' || name === 'sha')
}

/** @throws SupercargoError `template-value-missing` where the version names no commit and the template does */
export function renderBranch(
  template: Template,
  owner: Owner,
  version: { tag: string; commit: Oid | null },
): string {
  return renderTemplate(template, { ...owner, tag: version.tag, sha: version.commit ?? undefined })
}

/** What all results begin with, up to the last `/` before the first version: `argocd/` of `argocd/{sha:7}`. */
export function branchRoot(template: Template, owner: Owner): string {
  const end = template.parts.findIndex((part) => part.kind === 'variable' && !Object.hasOwn(owner, part.name))
  const parts = end === -1 ? template.parts : template.parts.slice(0, end)
  const text = renderTemplate({ ...template, parts }, { ...owner })
  return text.slice(0, text.lastIndexOf('/') + 1)
}

/** Whether the branch could be that of some version of the owner's. */
export function branchMatches(template: Template, owner: Owner, branch: string): boolean {
  const source = template.parts.map((part) => {
    if (part.kind === 'text') return escapeRegExp(part.text)
    if (part.name === 'app') return escapeRegExp(owner.app)
    if (part.name === 'environment') return escapeRegExp(owner.environment)
    return part.name === 'tag' ? TAG : `[0-9a-f]{${part.length ?? '40,64'}}`
  })
  return new RegExp(`^${source.join('')}$`).test(branch)
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const TAG = '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}'
