/** Files that become YAML or JSON only when they are rendered: read line by line. */
const RENDERED = /\.(?:tmpl|tpl|gotmpl|gotpl|j2|jsonnet|libsonnet)$/i
/** Files in which a key is followed by `=`. */
const ASSIGNED = /\.(?:tf|hcl|nomad)$/i
/** Files in which a string must have quotes. */
const QUOTED =
  /\.(?:toml|hcl|tf|tfvars|nomad|json|json5|jsonc|jsonnet|libsonnet|cue|nix|[cm]?[jt]s|py|go|rb|kts?)$/i

/** How a line names an image in a file of this path; null where lines are not read. */
export function lineStyleOf(path: string): ':' | '=' | null {
  if (RENDERED.test(path) || /\.(?:json5|jsonc)$/i.test(path)) return ':'
  return ASSIGNED.test(path) ? '=' : null
}

/** Whether a value without quotes is no string in a file of this path. */
export function needsQuotes(path: string): boolean {
  return QUOTED.test(path)
}
