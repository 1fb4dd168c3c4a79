// Sets a tag as a script does with the yaml library: every manifest is parsed, changed and printed, and written
// where it has changed. With `--naming` only files that hold the image's name are parsed. Prints what the editing
// took, without reading and writing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { measure, print } from '../edit/usage.mjs'

const [root, image, tag, only] = process.argv.slice(2)
const files = readdirSync(root, { recursive: true })
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => ({ path: join(root, name), text: readFileSync(join(root, name), 'utf8') }))
const [edits, usage] = measure(() =>
  files.filter(({ text }) => only !== '--naming' || text.includes(image)).flatMap(edit),
)
for (const { path, text } of edits) writeFileSync(path, text)
print({ edits: edits.length, ...usage })

function edit({ path, text }) {
  const documents = parseAllDocuments(text)
  let changed = false
  for (const document of documents) {
    const index = document.toJS()?.images?.findIndex?.((entry) => entry.name === image) ?? -1
    if (index === -1 || document.getIn(['images', index, 'newTag']) === tag) continue
    document.setIn(['images', index, 'newTag'], tag)
    changed = true
  }
  const printed = documents.map(String).join('')
  return changed ? [{ path, text: printed }] : []
}
