import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One real delivery, collected by others: https://github.com/octokit/webhooks. */
export interface WebhookExample {
  /** Value of `X-GitHub-Event`. */
  event: string
  payload: Record<string, unknown>
}

/**
 * The corpus of real payloads (329 of 58 events). They are old and not all conform to today's schemas: use
 * them as input that must never break the intake, not as the truth about fields.
 */
export function webhookExamples(): WebhookExample[] {
  const file = fileURLToPath(import.meta.resolve('@octokit/webhooks-examples'))
  const definitions = JSON.parse(readFileSync(file, 'utf8')) as {
    name: string
    examples: Record<string, unknown>[]
  }[]
  return definitions.flatMap(({ name, examples }) => examples.map((payload) => ({ event: name, payload })))
}
