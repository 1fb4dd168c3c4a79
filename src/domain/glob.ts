/**
 * Globs of the configuration, over paths, branches, tags and repositories: `*` is any text without `/`, `**`
 * any text, two stars and a slash also nothing, `?` one character but `/`. Everything else is literal. Matching takes time in
 * proportion to pattern × text, never more: a pattern from a configuration cannot hang the process.
 */
export function globMatches(glob: string, text: string): boolean {
  const length = text.length
  // next[j]: the tokens after this one match text from j on
  let next: boolean[] = Array.from({ length: length + 1 }, (_, j) => j === length)
  for (const token of tokenise(glob).reverse()) {
    const row: boolean[] = []
    let afterSlash = false
    for (let j = length; j >= 0; j--) {
      const character = text[j]
      afterSlash ||= character === '/' && next[j + 1] === true
      row[j] = matchesAt(
        token,
        character,
        next[j] === true,
        next[j + 1] === true,
        row[j + 1] === true,
        afterSlash,
      )
    }
    next = row
  }
  return next[0] === true
}

function matchesAt(
  token: string,
  character: string | undefined,
  skipped: boolean,
  consumed: boolean,
  stays: boolean,
  afterSlash: boolean,
): boolean {
  if (token === '**') return skipped || stays
  if (token === '**/') return skipped || afterSlash
  if (token === '*') return skipped || (character !== '/' && stays)
  if (token === '?') return character !== undefined && character !== '/' && consumed
  return character === token && consumed
}

/** The literal directory that everything matched lies under: `services/web` of `services/web/**`; '' for none. */
export function globPrefix(glob: string): string {
  const wild = glob.search(/[*?]/)
  if (wild === -1) return glob
  const slash = glob.lastIndexOf('/', wild)
  return slash === -1 ? '' : glob.slice(0, slash)
}

/** True when the glob matches everything under its prefix: `services/web/**`, `README.md`. */
export function globIsPrefix(glob: string): boolean {
  const prefix = globPrefix(glob)
  return glob === prefix || glob === (prefix === '' ? '**' : `${prefix}/**`)
}

/** Two stars and a slash mean "any directories" only where a path component begins. */
function tokenise(glob: string): string[] {
  return glob.match(/(?<![^/])\*\*\/|\*\*|\*|[^*]/gs) ?? []
}
