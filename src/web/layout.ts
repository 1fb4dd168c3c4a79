import { createHash } from 'node:crypto'
import { type Html, html } from './html.ts'
import { type Answer, page } from './respond.ts'

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { max-width: 46rem; } .quiet { opacity: .7; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: left; font-weight: 600; } td, th { padding: .35rem .75rem .35rem 0; vertical-align: top; }
tr { border-bottom: 1px solid var(--line); } td.when, td.short { white-space: nowrap; }
code, pre { font: .88em ui-monospace, monospace; background: var(--soft); border-radius: .3rem; padding: .1em .35em; }
pre { padding: .75rem 1rem; overflow-x: auto; }
.good::before, .bad::before { content: "●"; margin-right: .4rem; } .good::before { color: var(--good); }
.bad::before { color: var(--bad); }
ul.plain { list-style: none; padding: 0; } label { display: block; margin: 1rem 0; max-width: 36rem; }
input { display: block; width: 100%; font: inherit; padding: .4rem .5rem; box-sizing: border-box; }
button { font: inherit; font-weight: 600; padding: .5rem 1rem; }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * A page without scripts whose policy allows its own style and nothing else.
 * @param options `refresh`: seconds; `formsTo`: origins that its forms may go to
 */
export function layout(
  status: number,
  title: string,
  body: Html,
  options: { refresh?: number; formsTo?: readonly string[] } = {},
): Answer {
  const forms = options.formsTo?.length ? options.formsTo.join(' ') : "'none'"
  const refresh =
    options.refresh === undefined ? null : html`<meta http-equiv="refresh" content="${options.refresh}">`
  const text = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>${refresh}<style>${{ html: STYLE }}</style></head>
<body>${body}</body></html>
`.html
  return page(status, text, `style-src 'sha256-${STYLE_HASH}'; form-action ${forms}`)
}
