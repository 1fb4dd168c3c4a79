import { html } from '../html.ts'
import { layout } from '../layout.ts'
import type { Answer } from '../respond.ts'

/** Asks where GitHub reaches this server, and who will own the app. */
export function askPage(path: string, token: string, problem: string | null): Answer {
  return layout(
    problem === null ? 200 : 400,
    'Install Supercargo on GitHub',
    html`<h1>Install Supercargo on GitHub</h1>
<p>This creates a GitHub App of your own, with the least permissions. Its credentials go from GitHub into the data
directory of this server, and are shown nowhere.</p>
${problem && html`<p class="bad" role="alert">${problem}</p>`}
<form method="get" action="${path}"><input type="hidden" name="token" value="${token}">
<label>Address at which GitHub reaches this server
<input name="address" type="url" required placeholder="https://supercargo.acme.dev"></label>
<label>Organization that owns the app (empty: you)
<input name="organization" placeholder="acme" pattern="[A-Za-z0-9\\-]*"></label>
<button>Continue</button></form>`,
    { formsTo: ["'self'"] },
  )
}

/** Hands the manifest to GitHub, where a person confirms it. */
export function createPage(githubUrl: string, organization: string, state: string, manifest: object): Answer {
  const owner = organization === '' ? 'settings' : `organizations/${organization}/settings`
  const text = JSON.stringify(manifest, null, 2)
  return layout(
    200,
    'Install Supercargo on GitHub',
    html`<h1>Install Supercargo on GitHub</h1>
<p>GitHub asks you to confirm this app, and lets you change its name.</p>
<form method="post" action="${`${githubUrl}/${owner}/apps/new?state=${state}`}">
<input type="hidden" name="manifest" value="${text}"><button>Create the app on GitHub</button></form>
<pre>${text}</pre>`,
    { formsTo: [new URL(githubUrl).origin] },
  )
}

/** What is left to do. */
export function donePage(appUrl: string, path: string): Answer {
  return layout(
    200,
    'The app was created',
    html`<h1>The app was created</h1>
<p>Its credentials are in <code>${path}</code>, which only the owner of this process may read.</p>
<ol><li>Stop this server, and start it again without <code>--setup</code>.</li>
<li><a href="${appUrl}/installations/new">Install the app</a> on the application repositories and on the manifest
repository.</li></ol>`,
  )
}

export function failedPage(status: number, text: string): Answer {
  return layout(
    status,
    'The app was not set up',
    html`<h1>The app was not set up</h1><p class="bad">${text}</p>`,
  )
}
