import { createTwoFilesPatch } from 'diff'

/**
 * The difference between two texts of one file, as `git apply` takes it; '' where they are equal.
 * https://www.gnu.org/software/diffutils/manual/html_node/Unified-Format.html
 * Control characters in the path are written as git writes them.
 * @param context lines around each change
 */
export function unifiedDiff(path: string, before: string, after: string, context = 3): string {
  if (before === after) return ''
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, '', '', { context })
  return patch.slice(patch.indexOf('\n') + 1)
}
