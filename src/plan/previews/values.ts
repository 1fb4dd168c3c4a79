import { SupercargoError } from '../../domain/errors.ts'
import { PREVIEW_VARIABLES } from '../../domain/template.ts'
import { safeValue } from '../../domain/template-value.ts'
import type { Rendered } from './files.ts'
import type { Preview } from './set.ts'

/**
 * The one file of a preview that has no template: a JSON object with every variable that has a value here, each as a text
 * that is as safe as in a template, because whoever reads it puts it into manifests.
 */
export function renderValues({ path, values }: Preview): Rendered {
  const object: Record<string, string> = {}
  for (const name of PREVIEW_VARIABLES) {
    const value = values[name]
    if (value === undefined) continue
    try {
      object[name] = safeValue(name, value)
    } catch (error) {
      if (!(error instanceof SupercargoError)) throw error
      return { files: null, reason: { code: error.code, message: `${path}: ${error.message}` } }
    }
  }
  return { files: [{ path, content: `${JSON.stringify(object, null, 2)}\n` }] }
}
