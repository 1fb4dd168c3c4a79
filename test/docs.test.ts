import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { runCommandLine } from '../src/cli/program.ts'
import { painter } from '../src/doors/banner.ts'
import { headOf, startSandbox } from './support/sandbox.ts'

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]
const read = (path: string) => readFileSync(path, 'utf8')
const prose = (page: string) => read(page).replace(/^```[\s\S]*?^```/gm, '')

/** The fragment that GitHub gives a heading. */
function fragment(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

test('every relative link leads to a file, and to a heading that it has', () => {
  let seen = 0
  for (const page of PAGES) {
    for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      seen++
      const [file = '', heading] = target.split('#')
      const path = file === '' ? page : join(dirname(page), file)
      assert.ok(existsSync(path), `${page}: ${target}`)
      if (heading === undefined) continue
      const headings = [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, text]) => fragment(text ?? ''))
      assert.ok(headings.includes(heading), `${page}: ${target}`)
    }
  }
  assert.ok(seen > 20)
})

test('every page of the documentation is reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const [, target = ''] of prose(page).matchAll(/\]\(([^)#\s]+\.md)[^)]*\)/g)) {
      if (!/^[a-z]+:/.test(target)) reached.add(join(dirname(page), target))
    }
  }
  assert.deepEqual(
    PAGES.filter((page) => page.startsWith('docs/') && !reached.has(page)),
    [],
  )
})

test('every file of the project that is named exists', () => {
  let seen = 0
  for (const page of PAGES) {
    for (const [, path = ''] of read(page).matchAll(/`((?:src|test|docs|deploy|bench)\/[\w./-]*\w)`/g)) {
      seen++
      assert.ok(existsSync(path), `${page}: ${path}`)
    }
  }
  assert.ok(seen > 10)
})

test('every npm script and every command that is named exists', async () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  let help = ''
  const out = (text: string) => {
    help += text
  }
  await runCommandLine(['--help'], {
    width: 200,
    paint: painter(false),
    out,
    err: out,
    write: out,
    progress: out,
  })
  const commands = [...help.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name)
  assert.ok(commands.length >= 3)
  for (const page of PAGES) {
    for (const [, script = ''] of read(page).matchAll(/npm (?:run )?(start|test|(?<=run )[a-z]+)\b/g))
      assert.ok(script in scripts, `${page}: npm run ${script}`)
    for (const [, command = ''] of read(page).matchAll(/^(?:npx )?supercargo ([a-z-]+)/gm))
      assert.ok(commands.includes(command), `${page}: supercargo ${command}`)
  }
})

test('every environment variable that is named is read', () => {
  const files = ['src', 'test', 'bench'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map((file) => join(root, file)),
  )
  const code = files.map(read).join('\n')
  for (const page of PAGES) {
    for (const [, name = ''] of read(page).matchAll(/`([A-Z]+_[A-Z_]+|PORT|HOST)(?:=[^`]*)?`/g)) {
      if (/^(PUSH|SCANNING)_/.test(name)) continue
      assert.match(code, new RegExp(`\\b${name}\\b`), `${page}: ${name}`)
    }
  }
})

test('the examples for the API of the sandbox do what they say', async (context) => {
  const world = await startSandbox()
  context.after(() => world.close())
  const web = await world.repository('acme/web')
  await world.repository('acme/k8s-manifests')
  const sha = (await headOf(world, web, 'main')) ?? ''
  const examples = [...read('docs/sandbox.md').matchAll(/^api (\/\S+)(?: -X ([A-Z]+))? -d '(\{[^']+)'/gm)]
  assert.ok(examples.length >= 9)
  for (const [, path = '', method = 'POST', body = ''] of examples) {
    const wrong = path.startsWith('/admin/')
    const answer = await world.rest(method, path.replace('COMMIT', sha), JSON.parse(body), { wrong })
    assert.ok(
      [200, 201, 204].includes(answer.status),
      `${path}: ${answer.status} ${JSON.stringify(answer.body)}`,
    )
  }
})
