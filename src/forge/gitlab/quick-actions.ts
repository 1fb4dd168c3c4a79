/**
 * GitLab executes and removes lines such as `/merge` of a comment or description, with the rights of whoever wrote it.
 * https://docs.gitlab.com/user/project/quick_actions/
 */
const ACTION = /^([ \t]*)(?=\/)/gm
const INERT = /^([ \t]*)\\(?=\/)/gm

/** The text with a backslash before every line that begins with a slash, which Markdown does not show. */
export function withoutQuickActions(text: string): string {
  return text.replace(ACTION, '$1\\')
}

/** The text as it was before `withoutQuickActions`. */
export function withQuickActions(text: string): string {
  return text.replace(INERT, '$1')
}
