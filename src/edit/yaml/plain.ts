/**
 * What a plain scalar would be read as, besides a string, by YAML 1.2's core schema, YAML 1.1's types, or
 * go-yaml, which mixes the two (https://yaml.org/spec/1.2.2/#1032-tag-resolution, https://yaml.org/type/).
 */
const NOT_STRINGS = [
  /^(?:~|null|Null|NULL|<<|=)?$/,
  /^(?:true|True|TRUE|false|False|FALSE)$/,
  /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/,
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/,
  /^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*$/,
  // Also `e12`, of which the `yaml` package makes a number in its 1.1 mode.
  /^[-+]?(?:[0-9][0-9_]*)?(?:\.[0-9_]*)?[eE][-+]?[0-9]+$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?\.(?:inf|Inf|INF)$/,
  /^\.(?:nan|NaN|NAN)$/,
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d.*)?$/,
]

/** Characters with which a tag, a digest or an image's name is safe in any context, flow or block. */
const SAFE = /^[A-Za-z0-9_/](?:[A-Za-z0-9_./@+=-]|:(?=[A-Za-z0-9_./@+-]))*$/

/** True when some YAML reader takes the text, written without quotes, for something other than a string. */
export function isTyped(text: string): boolean {
  return NOT_STRINGS.some((pattern) => pattern.test(text))
}

/** True when every YAML reader takes the text, written without quotes, for that very string. */
export function readsAsString(text: string): boolean {
  return SAFE.test(text) && !isTyped(text)
}

/** The scalar to write for a value that is new: quoted exactly when it must be, or always in JSON. */
export function newScalar(value: string, json = false): string {
  return !json && readsAsString(value) ? value : JSON.stringify(value)
}
