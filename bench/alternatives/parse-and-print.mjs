// Sets a tag as a script does with the yaml library: every manifest is parsed, changed, and printed where it
// has changed. With `--naming` only files that hold the image's name are parsed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

const [root, image, tag, only] = process.argv.slice(2)
let written = 0
for (const name of readdirSync(root, { recursive: true })) {
  if (!/\.ya?ml$/.test(name)) continue
  const text = readFileSync(join(root, name), 'utf8')
  if (only === '--naming' && !text.includes(image)) continue
  const documents = parseAllDocuments(text)
  let changed = false
  for (const document of documents) {
    const index = document.toJS()?.images?.findIndex?.((entry) => entry.name === image) ?? -1
    if (index === -1 || document.getIn(['images', index, 'newTag']) === tag) continue
    document.setIn(['images', index, 'newTag'], tag)
    changed = true
  }
  const printed = documents.map(String).join('')
  if (!changed) continue
  writeFileSync(join(root, name), printed)
  written++
}
process.stdout.write(`${written}\n`)
