import type { DeadLetter, DeliveryRow, JournalRow, Store } from '../store/store.ts'
import { type Parts, type Readiness, readiness } from './health.ts'
import { type Html, html } from './html.ts'
import { layout } from './layout.ts'
import { asksLocally } from './local.ts'
import type { Log } from './log.ts'
import { respond } from './respond.ts'
import type { Route } from './server.ts'

const ROWS = 50

/** Places that the page points to, such as the sandbox's repositories. */
export interface Links {
  title: string
  links: { text: string; path: string }[]
}

/**
 * `GET /`: what this is, whether it is healthy, and what happened lately. Read-only. Only add it to a server on
 * loopback: there is no login. To requests that do not ask for a local name there is nothing here.
 */
export function statusPageRoute(parts: () => Parts, links: Links | null, log: Log): Route {
  return {
    method: 'GET',
    path: '/',
    async handle(request, response) {
      if (!asksLocally(request)) {
        return respond(request, response, { status: 404, body: 'There is nothing here.\n' })
      }
      const now = parts()
      const health = await readiness(now, log)
      const history = now.store !== null && health.checks.store.ok ? await readHistory(now.store) : null
      respond(request, response, layout(200, 'Supercargo', body(health, links, history), { refresh: 10 }))
    },
  }
}

interface History {
  deliveries: DeliveryRow[]
  journal: JournalRow[]
  deadLetters: DeadLetter[]
}

async function readHistory(store: Store): Promise<History> {
  const [deliveries, journal, deadLetters] = await Promise.all([
    store.listDeliveries(ROWS),
    store.readJournal({ limit: ROWS }),
    store.listDeadLetters(),
  ])
  return { deliveries, journal, deadLetters: deadLetters.slice(0, ROWS) }
}

function body(health: Readiness, links: Links | null, history: History | null): Html {
  const forges = (health.forges ?? []).map(({ forge, ok, message }) => ({
    ok,
    message: `${forge}: ${message}`,
  }))
  const checks = [...Object.values(health.checks), ...forges].map(
    ({ ok, message }) => html`<li class="${ok ? 'good' : 'bad'}">${message}</li>`,
  )
  return html`<h1>Supercargo</h1>
<p>Keeps a GitOps manifest repository in step with the applications that feed it: it opens, updates, merges and
closes change requests there, and Argo CD or Flux deploys them.</p>
<ul class="plain">${checks}</ul>
${links && linkList(links)}
${history && lists(history)}
<p class="quiet">This page is read-only, is shown on this machine only, and refreshes every 10 seconds.</p>`
}

function linkList({ title, links }: Links): Html {
  const items = links.map(({ text, path }) => html`<li><a href="${path}">${text}</a></li>`)
  return html`<h2>${title}</h2><ul>${items}</ul>`
}

function lists({ deliveries, journal, deadLetters }: History): Html {
  return html`
${table('What was done', 'Nothing yet.', ['When', 'Where', 'What', 'Why'], journal.map(journalRow))}
${table('Deliveries', 'None yet.', ['When', 'From', 'Event', 'Outcome'], deliveries.map(deliveryRow))}
${table('Given up, until somebody acts', 'Nothing.', ['When', 'What', 'Attempts', 'Last error'], deadLetters.map(deadLetterRow))}`
}

function table(title: string, none: string, heads: string[], rows: Html[]): Html {
  if (rows.length === 0) return html`<h2>${title}</h2><p class="quiet">${none}</p>`
  return html`<h2>${title}</h2><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`
}

function journalRow({ at, key, action, target, message, url }: JournalRow): Html {
  const where = target === undefined ? key : `${key} ${target}`
  const link = url !== undefined && /^https?:\/\//.test(url) ? html` <a href="${url}">Look</a>` : null
  return html`<tr><td class="when">${when(at)}</td><td class="short">${where}</td>
<td class="short">${action.replaceAll('-', ' ')}</td><td>${message}${link}</td></tr>`
}

function deliveryRow({ receivedAt, source, event, outcome }: DeliveryRow): Html {
  return html`<tr><td class="when">${when(receivedAt)}</td><td class="short">${source}</td>
<td class="short">${event}</td><td>${outcome ?? 'Waits.'}</td></tr>`
}

function deadLetterRow({ key, attempts, lastError, lastAt }: DeadLetter): Html {
  return html`<tr><td class="when">${when(lastAt)}</td><td class="short">${key}</td><td>${attempts}</td>
<td>${lastError}</td></tr>`
}

function when(date: Date): Html {
  const iso = date.toISOString()
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`
}
