import type { Previews } from '../../config/model.ts'
import { blobOid } from '../../domain/blob.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { checkManifestPath, isUnder } from '../../domain/path.ts'
import {
  PREVIEW_PATH_VARIABLES,
  PREVIEW_VARIABLES,
  parseTemplate,
  readTemplate,
  renderText,
} from '../../domain/template.ts'
import type { FileChange, ManifestFile, ManifestSnapshot } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import type { Preview } from './set.ts'

/** The files of one preview as they should be, or why they cannot be made. */
export type Rendered = { files: FileChange[] } | { files: null; reason: Reason }

/** The template's files, in the order of paths; [] also where there is no template. */
export function templateFiles({ tree }: ManifestSnapshot, { template }: Previews): ManifestFile[] {
  return template === null ? [] : tree.filter(({ path }) => isUnder(path, template))
}

/** A directory is copied with every file rendered; a single file becomes the one file of the preview. */
export function renderPreview(preview: Preview, template: readonly ManifestFile[], root: string): Rendered {
  const files: FileChange[] = []
  for (const file of template) {
    const path = file.path === root ? preview.path : `${preview.path}${file.path.slice(root.length)}`
    const wrong = checkManifestPath(path)
    if (wrong !== null) return { files: null, reason: { code: 'path-invalid', message: wrong } }
    if (file.text === null || !file.mode.startsWith('100')) {
      const message = `The template ${file.path} is binary, a symbolic link or a submodule.`
      return { files: null, reason: { code: 'template-not-text', message } }
    }
    const rendered = renderFile(file, file.text, preview)
    if (typeof rendered !== 'string') return { files: null, reason: rendered }
    files.push({ path, content: rendered, ...(file.mode === '100755' ? { mode: '100755' as const } : {}) })
  }
  return { files }
}

/** What brings the files of one preview in Git to the wanted ones; [] when they are equal. */
export function differences(
  preview: Preview,
  wanted: readonly FileChange[],
  snapshot: ManifestSnapshot,
): FileChange[] {
  const present = snapshot.tree.filter(({ path }) => isUnder(path, preview.path))
  const oids = new Map(present.map(({ path, oid }) => [path, oid]))
  const paths = new Set(wanted.map(({ path }) => path))
  const stale = present.filter(({ path }) => !paths.has(path)).map(({ path }) => ({ path, content: null }))
  const changed = wanted.filter(
    ({ path, content }) => content !== null && oids.get(path) !== blobOid(content, snapshot.base),
  )
  return [...changed, ...stale]
}

/** Every preview that Git holds, by its path, with its files. What the path template did not make is not one. */
export function previewsInGit(
  snapshot: ManifestSnapshot,
  { path: source }: Pick<Previews, 'path'>,
): Map<string, ManifestFile[]> {
  const template = parseTemplate(source, PREVIEW_PATH_VARIABLES)
  const depth = source.split('/').length
  const found = new Map<string, ManifestFile[]>()
  for (const file of snapshot.tree) {
    const path = file.path.split('/').slice(0, depth).join('/')
    if (readTemplate(template, path) === null) continue
    found.set(path, [...(found.get(path) ?? []), file])
  }
  return found
}

/**
 * The variables that the path of a preview in Git holds. Their values, with dashes between them, tell it from all others of
 * its app, and are valid as the value of a Kubernetes label.
 * @param path one that previewsInGit() found
 */
export function namingOf(previews: Previews, path: string): Record<string, string> {
  return readTemplate(parseTemplate(previews.path, PREVIEW_PATH_VARIABLES), path) ?? {}
}

/** `12`, or the slug of the branch, or both. */
export function previewId(previews: Previews, path: string): string {
  return Object.values(namingOf(previews, path)).join('-')
}

function renderFile(file: ManifestFile, text: string, preview: Preview): string | Reason {
  try {
    return renderText(text, PREVIEW_VARIABLES, preview.values)
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    return { code: error.code, message: `${file.path}: ${error.message} ${error.advice ?? ''}`.trim() }
  }
}
