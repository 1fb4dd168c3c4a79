/** Text that is HTML already. */
export interface Html {
  readonly html: string
}

type Value = string | number | null | Html | readonly Html[]

/** A template whose values are escaped, except those that are HTML already; null is nothing. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  const parts = strings.map((text, index) => {
    const value = values[index]
    return text + (value === undefined ? '' : render(value))
  })
  return { html: parts.join('') }
}

/** Escapes for text and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function render(value: Value): string {
  if (value === null) return ''
  if (typeof value !== 'object') return escapeHtml(String(value))
  return 'html' in value ? value.html : value.map((part) => part.html).join('')
}
