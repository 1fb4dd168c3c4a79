// Edits as `supercargo set-image` does, in memory: what that takes without starting, reading and writing. With
// `--count` also how many documents are parsed, counted by V8.
import { Session } from 'node:inspector/promises'
import { resolve } from 'node:path'
import { readFiles } from '../../dist/cli/set-image/read-files.js'
import { preferShortRuns } from '../../dist/cli/short-runs.js'
import { parseImageName } from '../../dist/domain/image.js'
import { setImages } from '../../dist/edit/set-images.js'
import { measure, print } from './usage.mjs'

preferShortRuns()
const [root, image, tag, count] = process.argv.slice(2)
const { files } = readFiles([resolve(root)], { texts: [], inPath: () => true }, () => {})
const change = { image: parseImageName(image), wish: { tag }, options: { app: 'web' } }

const session = count === '--count' ? new Session() : null
session?.connect()
await session?.post('Profiler.enable')
await session?.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
const [{ edits }, usage] = measure(() => setImages(files, [change]))
const coverage = await session?.post('Profiler.takePreciseCoverage')
print({
  edits: edits.length,
  parsed: coverage === undefined ? null : callsOf(coverage.result),
  ...usage,
})

/** By the reader for plain documents, which hands over to the parser what it cannot read. */
function callsOf(scripts) {
  const script = scripts.find(({ url }) => url.endsWith('/dist/edit/yaml/simple/reader.js'))
  const found = script?.functions.find(({ functionName }) => functionName === 'readSimple')
  if (found === undefined) throw new Error('Nothing is called readSimple any more.')
  return found.ranges[0].count
}
