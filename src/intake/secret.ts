/** Shorter secrets can be guessed from a few recorded deliveries. */
const MINIMUM = 32

/** Fewer different characters than this is a pattern, not a secret. */
const DISTINCT = 8

/** Reads one secret, or several for rotation, separated by commas or line breaks. */
export function parseSecrets(text: string): string[] {
  return text
    .split(/[,\r\n]/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
}

/**
 * Whether every secret is fit to prove who sends something (requirement 1): at least 32 characters, never
 * the word that Probot falls back to.
 * @param name what the secrets are called
 * @returns what is wrong, as a whole sentence that does not hold the secret, or null
 */
export function secretProblem(secrets: readonly string[], name = 'webhook secret'): string | null {
  if (secrets.length === 0) return `There is no ${name}.`
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  const which = (index: number) => (secrets.length === 1 ? `The ${name}` : `${capital} ${index + 1}`)
  for (const [index, secret] of secrets.entries()) {
    if (secret.toLowerCase().includes('development')) {
      return `${which(index)} holds the word "development", which is what everybody would try first.`
    }
    if (secret.length < MINIMUM) {
      return `${which(index)} has ${secret.length} characters, and ${MINIMUM} are the least.`
    }
    if (new Set(secret).size < DISTINCT) {
      return `${which(index)} repeats a few characters, so that it is easy to guess.`
    }
  }
  return null
}
