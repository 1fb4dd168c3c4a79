import { Marked } from 'marked'
import sanitize from 'sanitize-html'

/** Larger texts are shown as they are: nothing that people write is larger (GitHub's own limit is 65,536). */
const LIMIT = 300_000

const marked = new Marked({ gfm: true, breaks: true, async: false })
marked.use({
  renderer: {
    code: ({ text, lang }) => (lang === 'diff' ? `<pre><code>${colouredDiff(text)}</code></pre>` : false),
  },
})

const BLOCKS = 'p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr details summary div'
const INLINE = 'a br code em strong b i del s ins sub sup kbd samp var q span input'
const TABLES = 'table thead tbody tr th td'

const OPTIONS: sanitize.IOptions = {
  allowedTags: `${BLOCKS} ${INLINE} ${TABLES}`.split(' '),
  allowedAttributes: {
    a: ['href', 'rel'],
    details: ['open'],
    input: ['type', 'checked', 'disabled'],
    ol: ['start'],
    th: ['align'],
    td: ['align'],
  },
  allowedClasses: { span: ['add', 'del', 'hunk'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nestingLimit: 60,
  transformTags: {
    a: (tagName, { href }) => ({
      tagName,
      attribs: href === undefined ? {} : { href, rel: 'nofollow noopener noreferrer' },
    }),
    img: (_, { alt, src }) => ({ tagName: 'a', attribs: { href: src ?? '' }, text: alt || 'image' }),
    input: (_, attribs) => ({
      tagName: 'input',
      attribs: { type: 'checkbox', disabled: '', ...('checked' in attribs ? { checked: '' } : {}) },
    }),
  },
  exclusiveFilter: ({ tag, attribs }) => tag === 'input' && attribs.type !== 'checkbox',
}

/**
 * GitHub-flavoured Markdown as HTML that can do no harm: no scripts, styles, forms, frames, event handlers or
 * foreign resources (images become links), only http, https and mailto links. HTML comments vanish; mentions
 * and references stay plain text.
 */
export function renderMarkdown(text: string): string {
  if (text.length > LIMIT) return sanitize(`<pre>${sanitize(text, { allowedTags: [] })}</pre>`, OPTIONS)
  return sanitize(marked.parse(text) as string, OPTIONS)
}

function colouredDiff(text: string): string {
  const kinds: Record<string, string> = { '+': 'add', '-': 'del', '@': 'hunk' }
  const line = (source: string): string => {
    const kind = kinds[source[0] ?? '']
    const escaped = source.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    return kind === undefined ? escaped : `<span class="${kind}">${escaped}</span>`
  }
  return text.split('\n').map(line).join('\n')
}
