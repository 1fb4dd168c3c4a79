import type { Complain } from './setting-problem.ts'

const NAME = /^[a-z][a-z0-9-]{0,30}$/

/**
 * The names in a list such as `internal,partner-eu`, each once; [] where there is a problem.
 * @param taken names that mean something else
 */
export function readNames(
  variable: string,
  given: string | undefined,
  taken: readonly string[],
  complain: Complain,
): string[] {
  const names = (given ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const wrong = names.find(
    (name, index) => !NAME.test(name) || taken.includes(name) || names.indexOf(name) !== index,
  )
  if (wrong === undefined) return names
  const others = taken.length === 0 ? '' : `; ${taken.slice(0, -1).join(', ')} and ${taken.at(-1)} are taken`
  complain(
    variable,
    `"${wrong.slice(0, 40)}" cannot be a name there, or stands there twice.`,
    `Use small letters, digits and dashes, such as internal,partner${others}.`,
  )
  return []
}

/** Where the variables of a name begin: `GITLAB_PARTNER_EU_` for `partner-eu`. */
export function prefixOf(family: string, name: string): string {
  return `${family}_${name.toUpperCase().replaceAll('-', '_')}_`
}
