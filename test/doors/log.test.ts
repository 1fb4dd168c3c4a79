import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { painter, problemText, sandboxBanner } from '../../src/doors/banner.ts'
import { createLog } from '../../src/doors/log.ts'

const SECRET = '9c1185a5c5e9fc54612808977ee8f548'
const KEY = '-----BEGIN PRIVATE KEY-----\nMIIEvQ+x\n-----END PRIVATE KEY-----\n'

function logging(pretty: boolean, write: (log: ReturnType<typeof createLog>) => void): string {
  let text = ''
  write(
    createLog({
      level: 'info',
      pretty,
      secrets: [SECRET, KEY, 'hunter2pass'],
      write: (line) => {
        text += line
      },
    }),
  )
  return text
}

for (const pretty of [true, false]) {
  test(`no secret reaches the log, wherever it stands (${pretty ? 'for people' : 'as JSON'})`, () => {
    const text = logging(pretty, (log) => {
      log.info({ header: `sha256 of ${SECRET}` }, `Signed with ${SECRET}.`)
      log.error(
        {
          err: new Error(`GET https://x-access-token:ghs_abcdefghijklmnop@github.com/a?token=1`, {
            cause: new Error(KEY),
          }),
        },
        'x',
      )
      log.warn({ deep: { nested: [`Bearer ${'a'.repeat(40)}`, 'postgres://me:hunter2pass@db/x'] } }, KEY)
    })
    assert.doesNotMatch(text, /9c1185a5|ghs_abc|token=1|MIIEvQ|aaaaaaaa|hunter2/)
    assert.match(text, /Signed with \[secret\]\./)
  })
}

test('JSON lines stay JSON, with a level by name and a time', () => {
  const text = logging(false, (log) =>
    log.warn({ err: new Error(`x ${SECRET}`), key: 'github:acme/web' }, 'Tried.'),
  )
  const line = JSON.parse(text) as Record<string, unknown>
  assert.deepEqual([line.level, line.msg, line.key], ['warn', 'Tried.', 'github:acme/web'])
  assert.ok(!Number.isNaN(Date.parse(String(line.time))))
})

test('the message of an error is its own sentence, and the causes stand in the stack', () => {
  const cause = new Error('listen EADDRINUSE')
  const error = new SupercargoError('Port 3000 is in use.', { code: 'port-in-use', kind: 'permanent', cause })
  const text = logging(false, (log) => log.error({ err: error }, 'It does not start.'))
  const { err } = JSON.parse(text) as { err: Record<string, unknown> }
  assert.deepEqual([err.message, err.code], ['Port 3000 is in use.', 'port-in-use'])
  assert.match(String(err.stack), /caused by: Error: listen EADDRINUSE/)
})

test('lines for people say what to do, and foreign text cannot steer the terminal', () => {
  const error = new SupercargoError('Port 3000 is in use.', {
    code: 'port-in-use',
    kind: 'permanent',
    advice: 'Set PORT.',
  })
  const text = logging(true, (log) => log.error({ err: error, key: 'a\u001b[2Jb\nc' }, 'It does not start.'))
  assert.match(text, /It does not start\./)
  assert.match(text, /Port 3000 is in use\. \(port-in-use\) Set PORT\./)
  assert.ok(!text.includes('\u001b[2J') && !text.includes('b\nc'))
})

const places = {
  forge: 'GitHub',
  origin: 'http://localhost:3000',
  applicationUrl: 'http://localhost:3000/sandbox/github/acme/web.git',
  changeRequestsUrl: 'http://localhost:3000/sandbox/github/acme/k8s-manifests/pulls',
  login: 'you',
  token: 'sandbox_abc',
}

test('the first words to a newcomer hold three commands that can be pasted, and the page to look at', () => {
  const text = sandboxBanner([places], true, painter(false))
  const commands = text.split('\n').filter((line) => /^ {4}git /.test(line))
  assert.equal(commands.length, 3)
  assert.equal(
    commands[0]?.trim(),
    'git clone http://you:sandbox_abc@localhost:3000/sandbox/github/acme/web.git && cd web',
  )
  assert.match(text, /\/acme\/k8s-manifests\/pulls\n/)
})

test('a git that does not know its user is told in the clone, so that committing works', () => {
  const text = sandboxBanner([places], false, painter(false))
  assert.match(text, /git clone -c user\.name=You -c user\.email=you@example\.com http:/)
})

test('each of two forges has three commands, which clone into directories of their own', () => {
  const other = {
    ...places,
    forge: 'GitLab',
    applicationUrl: 'http://localhost:3000/sandbox/gitlab/acme/web.git',
  }
  const text = sandboxBanner([places, other], true, painter(false))
  assert.equal(text.split('\n').filter((line) => /^ {4}git /.test(line)).length, 6)
  assert.match(text, /sandbox\/github\/acme\/web\.git web-github && cd web-github\n/)
  assert.match(text, /sandbox\/gitlab\/acme\/web\.git web-gitlab && cd web-gitlab\n/)
})

test('problems of the environment are listed with what to do', () => {
  const text = problemText([{ variable: 'PORT', message: 'It is "x".', advice: 'Use 3000.' }], painter(false))
  assert.match(text, / {2}PORT {2}It is "x"\.\n {4}Use 3000\.\n/)
})
