// Edits as `supercargo set-image` does, in memory: what that takes without starting, reading and writing. With
// `--count` also how many documents are parsed, counted by V8.
import { Session } from 'node:inspector/promises'
import { resolve } from 'node:path'
import { readFiles } from '../../dist/cli/set-image/read-files.js'
import { parseImageName } from '../../dist/domain/image.js'
import { setImages } from '../../dist/edit/set-images.js'
import { measure, print } from './usage.mjs'

const [root, image, tag, count] = process.argv.slice(2)
const { files } = readFiles([resolve(root)], { mayMatter: () => true, progress: () => {} })
const change = { image: parseImageName(image), wish: { tag }, options: { app: 'web' } }

const session = count === '--count' ? new Session() : null
session?.connect()
await session?.post('Profiler.enable')
await session?.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
const [{ edits }, usage] = measure(() => setImages(files, [change]))
const coverage = await session?.post('Profiler.takePreciseCoverage')
print({
  edits: edits.length,
  parsed: coverage === undefined ? null : callsOf('readPart', coverage.result),
  ...usage,
})

function callsOf(name, scripts) {
  const script = scripts.find(({ url }) => url.endsWith('/dist/edit/yaml/document.js'))
  const found = script?.functions.find(({ functionName }) => functionName === name)
  if (found === undefined) throw new Error(`Nothing is called ${name} any more.`)
  return found.ranges[0].count
}
