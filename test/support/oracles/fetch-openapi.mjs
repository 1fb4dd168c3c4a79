// Fetches GitHub's own OpenAPI description into `.cache/oracles/` (which git ignores): `npm run oracles`.
// The package is 404 MB once installed, so it is no dependency: it is packed into a temporary directory, one
// file is taken out of it, and what no validator reads (examples, prose) is left behind.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = '@octokit/openapi'
const VERSION = '23.0.2'
const FILE = 'package/generated/api.github.com.json'
const PROSE = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'x-github', 'tags'])

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const target = join(root, '.cache', 'oracles', `github-openapi-${VERSION}.json`)

if (existsSync(target)) {
  console.log(`${target} is there already.`)
} else {
  const temporary = mkdtempSync(join(tmpdir(), 'supercargo-openapi-'))
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    execFileSync(npm, ['pack', `${PACKAGE}@${VERSION}`, '--silent', '--pack-destination', temporary])
    execFileSync('tar', ['-xzf', `octokit-openapi-${VERSION}.tgz`, FILE], { cwd: temporary })
    const { openapi, info, paths, components } = JSON.parse(readFileSync(join(temporary, FILE), 'utf8'))
    const { schemas, parameters, responses, headers } = components
    const kept = pruned({ openapi, info, paths, components: { schemas, parameters, responses, headers } })
    mkdirSync(dirname(target), { recursive: true })
    const unfinished = `${target}.${process.pid}`
    writeFileSync(unfinished, JSON.stringify(kept))
    renameSync(unfinished, target)
    console.log(`Wrote ${target}.`)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** The same tree without prose. Names under `properties` and the like are data, whatever they are called. */
function pruned(node, names = false) {
  if (Array.isArray(node)) return node.map((item) => pruned(item))
  if (node === null || typeof node !== 'object') return node
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => names || !PROSE.has(key))
      .map(([key, value]) => [
        key,
        key === 'enum' || key === 'default' ? value : pruned(value, !names && isMap(key)),
      ]),
  )
}

function isMap(key) {
  return ['properties', 'schemas', 'parameters', 'responses', 'headers', 'paths'].includes(key)
}
