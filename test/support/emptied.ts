/** A request for what an application repository offers. */
export function lists({ query }: { query: string | null }): boolean {
  return /pullRequests\(states: \[OPEN\]|mergeRequests\(.*state: opened/s.test(query ?? '')
}

/** A forge whose listings of pull requests are empty, as in an outage, although it knows each of them. */
export const emptied: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const body = await response.text()
  const answer = {
    status: response.status,
    headers: response.headers,
  }
  if (!lists({ query: String(init?.body ?? '') })) return new Response(body || null, answer)
  const { data } = JSON.parse(body)
  const holder = data.repository ?? data.project
  for (const name of ['pulls', 'open', 'closed', 'merged'])
    if (holder[name] !== undefined) holder[name].nodes = []
  return new Response(JSON.stringify({ data }), answer)
}
