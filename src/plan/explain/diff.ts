import { createTwoFilesPatch } from 'diff'
import { printable } from '../../domain/printable.ts'

/**
 * The difference between two texts of one file, as `git apply` takes it; '' where they are equal.
 * https://www.gnu.org/software/diffutils/manual/html_node/Unified-Format.html
 * @param context lines around each change
 */
export function unifiedDiff(path: string, before: string, after: string, context = 3): string {
  if (before === after) return ''
  const name = printable(path)
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, '', '', { context })
  return patch.slice(patch.indexOf('\n') + 1)
}
