import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { runCommandLine } from '../src/cli/program.ts'
import { painter } from '../src/doors/banner.ts'
import { startGitLab, YOU } from './support/gitlab.ts'
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

test('the examples for the API of GitHub’s sandbox do what they say', async (context) => {
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

test('the examples for the API of GitLab’s sandbox do what they say', async (context) => {
  const world = await startGitLab()
  context.after(() => world.close())
  /** Ids of what the examples have made, as a reader copies them from the answers. */
  const made: Record<string, string> = {}
  const examples = [...read('docs/sandbox.md').matchAll(/^api (\/\S+)(?: -X ([A-Z]+))? -d '([^'{]+)'/gm)]
  assert.ok(examples.length >= 9)
  for (const [, path = '', method = 'POST', form = ''] of examples) {
    const filled = (text: string) => text.replace(/[A-Z]+(?:_ID)?\b/g, (name) => made[name] ?? name)
    const response = await fetch(`${world.url}/api/v4${filled(path)}`, {
      method,
      headers: { 'private-token': YOU },
      body: new URLSearchParams(filled(form)),
    })
    const answer = await response.text()
    assert.ok([200, 201].includes(response.status), `${path}: ${response.status} ${answer}`)
    const { id } = JSON.parse(answer) as { id?: number }
    if (path === '/groups') made.GROUP_ID = String(id)
    if (path === '/users') made.USER_ID = String(id)
    if (path === '/projects') {
      const clone = await world.clone('globex/shop')
      await clone.commit({ 'a.txt': 'a' })
      await clone.push()
      made.COMMIT = (await clone.git('rev-parse', 'HEAD')).trim()
    }
  }
  const bot = world.model.bot.id
  const member = await world.rest('GET', `/projects/globex%2Fshop/members/${bot}`)
  assert.equal(member.body.access_level, 40, 'the id of the bot is the one that is named')
})
