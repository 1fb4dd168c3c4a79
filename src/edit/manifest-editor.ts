import type { Editor } from './editor.ts'
import { yamlEditor } from './yaml-editor.ts'

/** Every editor, as one: what each file is read by. */
export const manifestEditor: Editor = yamlEditor
