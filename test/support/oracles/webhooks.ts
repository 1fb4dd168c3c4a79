import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Judgement } from './judgement.ts'
import { type Components, type Schema, type SchemaJudge, schemaJudge } from './schemas.ts'

interface Description {
  webhooks: Record<string, { post: { requestBody: { content: Record<string, { schema: Schema }> } } }>
  components: Components
}

interface Loaded {
  webhooks: Description['webhooks']
  judge: SchemaJudge
}

let loaded: Loaded | undefined

/**
 * Judges what a webhook delivers by GitHub's own schemas (https://github.com/octokit/openapi-webhooks): an
 * event or action that GitHub does not have, or a field of a wrong type, is a failure; a missing field is a
 * warning.
 */
export function judgeWebhook(event: string, payload: unknown, judgement: Judgement): void {
  loaded ??= load()
  judgement.judged += 1
  const action = (payload as { action?: unknown } | null)?.action
  const names = [event, ...(typeof action === 'string' ? [`${event}-${action}`] : [])]
  const key = names.map((name) => name.replaceAll('_', '-')).findLast((name) => loaded?.webhooks[name])
  const schema = loaded.webhooks[key ?? '']?.post.requestBody.content['application/json']?.schema
  const name = `webhook ${names.at(-1)}`
  if (schema === undefined) {
    judgement.failures.push(`${name}: GitHub has no such event`)
    return
  }
  const { wrong, missing } = loaded.judge.check(schema, payload)
  judgement.failures.push(...wrong.map((it) => `${name}: ${it}`))
  for (const it of missing) judgement.warnings.add(`${name}: ${it}`)
}

function load(): Loaded {
  const directory = import.meta.resolve('@octokit/openapi-webhooks')
  const file = fileURLToPath(new URL('./generated/api.github.com.json', directory))
  const { webhooks, components } = JSON.parse(readFileSync(file, 'utf8')) as Description
  return { webhooks, judge: schemaJudge(components) }
}
