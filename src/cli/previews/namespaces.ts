import type { AppPreviews } from '../../compose.ts'
import { parseRepository, type RepositoryId, sameRepository } from '../../domain/repository.ts'

/** A label of namespaces that are previews; its value is the preview's number or slug. */
export const PREVIEW_LABEL = 'supercargo.dev/preview'

/** The label with the name of the app. */
export const APP_LABEL = 'supercargo.dev/app'

/** The annotation with the application repository, such as `github:acme/web`: a label's value can hold no slash. */
export const SOURCE_ANNOTATION = 'supercargo.dev/source'

/** A namespace that has the label of previews. */
export interface PreviewNamespace {
  name: string
  /** What makes it another one than any before it of the same name. */
  uid: string
  resourceVersion: string
  /** ISO 8601; null where the cluster does not say. */
  created: string | null
  /** It is being deleted already. */
  terminating: boolean
  /** The label's value. */
  preview: string
  app: string | null
  source: string | null
}

/** An application repository whose previews are known, by the name that was asked for and by its own. */
export interface KnownSource {
  names: RepositoryId[]
  apps: AppPreviews[]
}

/**
 * `orphan`: Git holds no such preview. `terminating`: the same, and it goes already. `unclear`: nobody can tell where its
 * preview would be.
 */
export interface Found {
  namespace: PreviewNamespace
  state: 'orphan' | 'terminating' | 'unclear'
  /** One whole sentence. */
  reason: string
  /** Null where it is unclear. */
  app: AppPreviews | null
}

/**
 * Compares namespaces with what Git holds. Those of other repositories are nobody's business here, and only counted.
 * @param sources read after the namespaces, so that a preview which came meanwhile is no orphan
 */
export function judge(
  namespaces: readonly PreviewNamespace[],
  sources: readonly KnownSource[],
): { found: Found[]; others: number } {
  const found: Found[] = []
  let others = 0
  for (const namespace of namespaces) {
    const judged = judgeOne(namespace, sources)
    if (judged === 'other') others += 1
    else if (judged !== 'in Git') found.push(judged)
  }
  return { found, others }
}

function judgeOne(namespace: PreviewNamespace, sources: readonly KnownSource[]): Found | 'other' | 'in Git' {
  const unclear = (reason: string): Found => ({ namespace, state: 'unclear', reason, app: null })
  const repository = sourceOf(namespace)
  if (repository === null) {
    return unclear(`Its annotation ${SOURCE_ANNOTATION} names no repository such as github:acme/web.`)
  }
  const source = sources.find(({ names }) => names.some((name) => sameRepository(name, repository)))
  if (source === undefined) return 'other'
  if (namespace.app === null) return unclear(`It has no label ${APP_LABEL}.`)
  const app = source.apps.find((each) => each.app === namespace.app)
  if (app === undefined)
    return unclear(`${namespace.source} has no previews of an app named ${namespace.app}.`)
  if (app.ids.includes(namespace.preview)) return 'in Git'
  const reason = `Git holds no preview ${namespace.preview} of ${app.app}.`
  return { namespace, state: namespace.terminating ? 'terminating' : 'orphan', reason, app }
}

/** Only with the name of its forge: two clusters' worth of bots may call another one their own. */
function sourceOf({ source }: PreviewNamespace): RepositoryId | null {
  if (source === null || !source.includes(':')) return null
  try {
    return parseRepository(source, '')
  } catch {
    return null
  }
}
