export type Variables = Record<string, unknown>

/** Declares the variables of a document that is put together from parts, each by the value it gets. */
export class Declarations {
  readonly values: Variables = {}
  readonly #types: string[] = []
  readonly #known = new Map<string, string>()

  /** The `$name` of a variable with this type and value; the same for the same pair. */
  add(type: string, value: unknown): string {
    const key = `${type} ${JSON.stringify(value)}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const name = `v${this.#types.length}`
    this.#types.push(`$${name}: ${type}`)
    this.values[name] = value
    this.#known.set(key, `$${name}`)
    return `$${name}`
  }

  /** `($v0: String!, …)`, or nothing. */
  toString(): string {
    return this.#types.length === 0 ? '' : `(${this.#types.join(', ')})`
  }
}
