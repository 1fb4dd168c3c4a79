import type { Hook } from '../../compose.ts'

/** What is wrong with a webhook, as a person would say it: `sends other events`. Empty: nothing. */
export function faultsOf(hook: Hook, events: Readonly<Record<string, boolean>>): string[] {
  const sent = Object.entries(hook)
    .filter(([name, value]) => name.endsWith('_events') && value === true)
    .map(([name]) => name)
  const wanted = Object.keys(events).filter((name) => events[name] === true)
  return [
    ...(sent.toSorted().join() === wanted.toSorted().join() ? [] : ['sent other events']),
    ...(hook.enable_ssl_verification === false ? ['did not check certificates'] : []),
    ...((hook.push_events_branch_filter ?? '') === '' ? [] : ['left branches out']),
    ...(hasSecret(hook) ? [] : ['had no secret']),
  ]
}

/** Its only secret is of the kind that the server does not take: with a signing secret, a token counts for nothing. */
export function hasOtherSecret(
  { signing_token_present: signs, token_present: token }: Hook,
  server: { signingSecret: string | null; webhookToken: string | null },
): boolean {
  if (server.signingSecret !== null) return signs === false && token === true
  return server.webhookToken !== null && signs === true && token === false
}

/** Instances before 19.0 do not tell; there it is taken on trust. */
function hasSecret({ signing_token_present: signs, token_present: token }: Hook): boolean {
  return (signs === undefined && token === undefined) || signs === true || token === true
}

/** Every event that a webhook can send, with exactly these turned on. */
export function exactly(
  hook: Hook | null,
  events: Readonly<Record<string, boolean>>,
): Record<string, boolean> {
  const known = Object.keys(hook ?? {}).filter((name) => name.endsWith('_events'))
  return { ...Object.fromEntries(known.map((name) => [name, false])), ...events }
}
