import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { MAIN, runCli, withFiles } from './run-cli.ts'

const DIGEST = `sha256:${'a1'.repeat(32)}`
const OTHER = `sha256:${'b2'.repeat(32)}`
const deployment = (image: string, name = 'web') =>
  `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: ${name}\n          image: ${image} # ours\n`
const kustomization = (tag: string) =>
  `kind: Kustomization\nresources: [web.yaml]\nimages:\n  - name: nginx\n    newTag: ${tag}\n`

const read = (cwd: string, path: string) => readFileSync(join(cwd, path), 'utf8')
const setImage = (cwd: string, ...args: string[]) => runCli(cwd, ['set-image', ...args])

test('without a path everything below the working directory is edited, and a table says what became of it', async () => {
  const files = {
    'a/web.yaml': deployment('ghcr.io/acme/web:v1'),
    'b/values.yaml': 'image:\n  repository: ghcr.io/acme/web\n  tag: v2\n',
    'c/api.yaml': deployment('ghcr.io/acme/api:v1'),
  }
  await withFiles(files, (cwd) => {
    assert.deepEqual(setImage(cwd, 'ghcr.io/acme/web=v2'), {
      status: 0,
      stderr: '',
      stdout: `IMAGE             FILE             OUTCOME  BEFORE  AFTER
ghcr.io/acme/web  a/web.yaml:8     updated  v1      v2
ghcr.io/acme/web  b/values.yaml:3  current  v2      v2
Wrote 1 file.
`,
    })
    assert.equal(read(cwd, 'a/web.yaml'), deployment('ghcr.io/acme/web:v2'))
    assert.equal(read(cwd, 'c/api.yaml'), files['c/api.yaml'])
    const again = setImage(cwd, 'ghcr.io/acme/web=v2')
    assert.equal(again.status, 0)
    assert.match(again.stdout, /There was nothing to do\.\n$/)
    assert.deepEqual(readdirSync(join(cwd, 'a')), ['web.yaml'])
  })
})

test('several images and paths can be given, in any order, and nothing outside of the paths is written', async () => {
  const both = `${deployment('nginx:1.26')}---\n${deployment('ghcr.io/acme/web:v1')}`
  await withFiles({ 'a/x.yaml': both, 'b/x.yaml': both, 'c/x.yaml': both }, (cwd) => {
    assert.equal(setImage(cwd, 'ghcr.io/acme/web:v2', 'a', 'nginx=1.27', 'b/x.yaml').status, 0)
    const edited = `${deployment('nginx:1.27')}---\n${deployment('ghcr.io/acme/web:v2')}`
    assert.deepEqual(
      ['a', 'b', 'c'].map((path) => read(cwd, `${path}/x.yaml`)),
      [edited, edited, both],
    )
    assert.equal(setImage(join(cwd, 'a'), '../c', 'nginx=1.28').stdout.includes('../c/x.yaml:8'), true)
    assert.match(read(cwd, 'c/x.yaml'), /nginx:1\.28/)
  })
})

test('an image that is found nowhere can be added to a kustomization, as the message says', async () => {
  await withFiles({ 'o/kustomization.yaml': 'resources: [pod.yaml]\n' }, (cwd) => {
    const { status, stderr } = setImage(cwd, 'nginx=1.27')
    assert.equal(status, 1)
    assert.match(stderr, /^Nothing that was read names the image nginx\. To add it .* write --add PATH\.\n/)
    assert.equal(setImage(cwd, '--add', 'o', 'nginx=1.27').status, 0)
    assert.match(read(cwd, 'o/kustomization.yaml'), /images:\n- name: nginx\n {2}newTag: "1\.27"\n/)
  })
})

test('a place that only gets another name is said to be updated', async () => {
  await withFiles({ 'web.yaml': deployment('web:v1') }, (cwd) => {
    assert.match(setImage(cwd, 'web=ghcr.io/acme/web').stdout, /web\.yaml:8 +updated +v1 +v1\n/)
  })
})

test('a kustomization that is named alone gets the entry that it does not have', async () => {
  await withFiles({ 'kustomization.yaml': 'images: []\n', 'o/Kustomization': 'resources: []\n' }, (cwd) => {
    const { status, stdout } = setImage(
      cwd,
      'kustomization.yaml',
      `nginx=1.27@${DIGEST}`,
      'web=ghcr.io/acme/web:v2',
    )
    assert.equal(status, 0)
    assert.match(stdout, /^nginx +kustomization\.yaml +added/m)
    assert.equal(
      read(cwd, 'kustomization.yaml'),
      `images:\n- name: nginx\n  newTag: "1.27"\n  digest: ${DIGEST}\n- name: web\n  newName: ghcr.io/acme/web\n  newTag: v2\n`,
    )
    assert.equal(setImage(join(cwd, 'o'), '../o/Kustomization', 'nginx=1.27').status, 0)
    assert.match(read(cwd, 'o/Kustomization'), /- name: nginx\n {2}newTag: "1\.27"\n$/)
    const filter = runCli(cwd, ['set-image', '-', '--stdin-path', 'kustomization.yaml', 'nginx=v2'], {
      input: 'resources: []\n',
    })
    assert.equal(filter.stdout, 'resources: []\nimages:\n- name: nginx\n  newTag: v2\n')
  })
})

test('remarks come in the order of the file, and once where one place is used twice', async () => {
  const values =
    'a:\n  image: &i {repository: nginx, tag: v1}\nb:\n  image: *i\nc: {x: "nginx:v0"}\nd: {image: "nginx:$TAG"}\n'
  await withFiles({ 'values.yaml': values }, (cwd) => {
    const { status, stderr } = setImage(cwd, 'nginx=v2')
    assert.equal(status, 0)
    assert.deepEqual(
      [...stderr.matchAll(/^values\.yaml:(\d+):\d+: .*\((.*)\)$/gm)].map(
        ([, line, code]) => `${line} ${code}`,
      ),
      ['2 anchor-changed', '5 unknown-place', '6 not-literal'],
    )
  })
})

test('every form of REF sets what it says', async () => {
  for (const [before, args, after] of [
    ['web:v1', ['web=v2'], 'web:v2'],
    ['web:v1', ['web=:v2'], 'web:v2'],
    ['web:v1', ['web:v2'], 'web:v2'],
    [`web:v1@${OTHER}`, [`web=v2@${DIGEST}`], `web:v2@${DIGEST}`],
    [`web:v1@${OTHER}`, [`web:v2@${DIGEST}`], `web:v2@${DIGEST}`],
    [`web@${OTHER}`, [`web=@${DIGEST}`], `web@${DIGEST}`],
    [`web@${OTHER}`, [`web@${DIGEST}`], `web@${DIGEST}`],
    ['web:v1', [`web@${DIGEST}`], `web@${DIGEST}`],
    ['web:v1', [`web=web@${DIGEST}`], `web@${DIGEST}`],
    ['web:v1', ['web=*:v2'], 'web:v2'],
    ['web:v1', [`web=*@${DIGEST}`], `web@${DIGEST}`],
    ['web:v1', [`web=docker.io/library/api@${DIGEST}`], `docker.io/library/api@${DIGEST}`],
    ['ghcr.io/acme/web:v1', ['ghcr.io/acme/web=ghcr.io/acme/web:v2'], 'ghcr.io/acme/web:v2'],
    ['web:v1', ['docker.io/library/web=v2'], 'web:v2'],
    ['localhost:5000/web:v1', ['localhost:5000/web=1.10'], 'localhost:5000/web:1.10'],
    ['web:v1', ['web=ghcr.io/acme/web:v2'], 'ghcr.io/acme/web:v2'],
    [`web:v1@${OTHER}`, ['web=ghcr.io/acme/web'], `ghcr.io/acme/web:v1@${OTHER}`],
    ['web', ['web=ghcr.io/acme/web'], 'ghcr.io/acme/web'],
    ['web:v1', ['web=api:*'], 'api:v1'],
    [`web@${OTHER}`, ['web=api@*'], `api@${OTHER}`],
  ] as const) {
    await withFiles({ 'web.yaml': deployment(before) }, (cwd) => {
      const { status, stderr } = setImage(cwd, ...args)
      assert.equal(status, 0, stderr)
      assert.equal(read(cwd, 'web.yaml'), deployment(after), args.join(' '))
      assert.match(setImage(cwd, ...args).stdout, /nothing to do/, args.join(' '))
    })
  }
})

test('a digest alone is refused where only a tag can stand, which would no longer be true', async () => {
  const values = 'image:\n  repository: web\n  tag: v1\n'
  await withFiles({ 'values.yaml': values }, (cwd) => {
    const { status, stdout, stderr } = setImage(cwd, `web=@${DIGEST}`)
    assert.equal(status, 1)
    assert.match(stderr, /^values\.yaml:3:8: .*\(tag-unknown\)\nNothing was written\.\n$/)
    assert.match(stdout, /values\.yaml:3 +refused/)
    assert.equal(read(cwd, 'values.yaml'), values)
  })
})

test('what is neither a path nor an image is refused with what to write instead', async () => {
  await withFiles({ 'web.yaml': deployment('web:v1'), 'web=v2': '', 'web:v2': '', d: '' }, (cwd) => {
    for (const [args, reason] of [
      [[], /No image is given\. Write IMAGE=TAG/],
      [['web.yaml'], /No image is given/],
      [['web'], /no file or directory "web"\. If it is an image, write web=TAG/],
      [['no such', 'web:v1'], /no file or directory "no such"\.\n/],
      [['web=v2'], /"web=v2" reads as an image.*Write \.\/web=v2 for the file/],
      [['web:v2'], /"web:v2" reads as an image.*Write \.\/web:v2/],
      [['web='], /nothing behind "="/],
      [['web=a b'], /neither a tag, a digest nor a reference/],
      [['web=v1+build'], /neither a tag/],
      [[`web=${DIGEST}`], /is a digest\. Write @sha256:/],
      [['web=@sha256:abc'], /neither a tag/],
      [['web=*:*'], /neither a tag, a digest nor a reference/],
      [['web=web'], /neither a tag nor a digest\. Write web:TAG/],
      [[`web=api@${DIGEST}`], /"api" could be a tag or the name of another image\. Write :api@sha256:/],
      [['Web=v1'], /not the name of an image/],
      [['web:v1=v3'], /not the name of an image/],
      [['=v1'], /not the name of an image/],
      [['web=v3', 'docker.io/library/web:v4'], /more than once/],
      [['-', '.', 'web=v3'], /read alone/],
      [['web=v3', '--stdin-path', 'x.yaml'], /Add - to read it/],
      [['web=v3', '--add', 'none'], /no file or directory "none"/],
      [['web=v3', 'api=v1', '--app', 'web'], /--app goes with one image/],
      [['web=v3', '--policy', 'web'], /not a policy\. Write NAMESPACE:NAME=IMAGE/],
      [['web=v3', '--policy', 'flux-system:api=api'], /not set here/],
      [['web=v3', '--nothing'], /unknown option/],
    ] as const) {
      const { status, stderr, stdout } = setImage(cwd, ...args)
      assert.equal(status, 2, args.join(' '))
      assert.match(stderr, reason)
      assert.equal(stdout, '')
    }
    assert.equal(setImage(cwd, './web=v2', 'web.yaml', 'web=v3').status, 0)
    assert.equal(read(cwd, 'web.yaml'), deployment('web:v3'))
  })
})

test('--diff prints what git applies, and writes nothing', async () => {
  const text = deployment('web:v1').trimEnd()
  await withFiles(
    {
      'a/web.yaml': text,
      'crlf.yaml': deployment('web:v1').replaceAll('\n', '\r\n'),
      'of\tübel \n.yaml': text,
    },
    (cwd) => {
      const { status, stdout, stderr } = setImage(cwd, '--diff', 'web=v2')
      assert.equal(status, 0)
      assert.equal(stderr, '3 files would change.\n')
      assert.match(stdout, /^--- a\/a\/web\.yaml\n\+\+\+ b\/a\/web\.yaml\n@@ /)
      assert.match(stdout, /^- {10}image: web:v1 # ours\n\\ No newline/m)
      assert.equal(read(cwd, 'a/web.yaml'), text)
      const git = spawnSync('git', ['apply', '-'], { cwd, input: stdout, encoding: 'utf8' })
      assert.equal(git.status, 0, git.stderr)
      assert.equal(read(cwd, 'a/web.yaml'), deployment('web:v2').trimEnd())
      assert.equal(read(cwd, 'crlf.yaml'), deployment('web:v2').replaceAll('\n', '\r\n'))
      assert.equal(read(cwd, 'of\tübel \n.yaml'), deployment('web:v2').trimEnd())
      assert.equal(setImage(cwd, '--diff', 'web=v2').stdout, '')
    },
  )
})

test('--check ends with 1 when something would change and with 0 when nothing would, and writes nothing', async () => {
  await withFiles({ 'web.yaml': deployment('web:v1') }, (cwd) => {
    const check = setImage(cwd, '--check', 'web=v2')
    assert.equal(check.status, 1)
    assert.match(check.stdout, /1 file would change\.\n$/)
    assert.equal(setImage(cwd, '--check', '--diff', 'web=v2').status, 1)
    assert.equal(setImage(cwd, '--check', 'web=v1').status, 0)
    assert.equal(setImage(cwd, '--dry-run', 'web=v2').status, 0)
    const unread = `set -o pipefail; '${process.execPath}' '${MAIN}' set-image --check web=v2 | true`
    assert.equal(spawnSync('bash', ['-c', unread], { cwd }).status, 1)
    assert.equal(read(cwd, 'web.yaml'), deployment('web:v1'))
  })
})

test('--json says for every image and file what became of it', async () => {
  const files = { 'k/kustomization.yaml': kustomization('1.26'), 'k/web.yaml': deployment('nginx') }
  await withFiles(files, (cwd) => {
    const { status, stdout, stderr } = setImage(cwd, '--json', 'nginx=1.27', 'k')
    assert.equal(stderr, '')
    assert.equal(status, 0)
    const { ok, written, changed, images, unread } = JSON.parse(stdout)
    assert.deepEqual(
      { ok, written, changed, unread },
      {
        ok: true,
        written: true,
        changed: ['k/kustomization.yaml'],
        unread: [],
      },
    )
    assert.equal(images.length, 1)
    assert.equal(images[0].image, 'nginx')
    assert.equal(images[0].outcome, 'updated')
    assert.deepEqual(images[0].wanted, { name: null, tag: '1.27', digest: null })
    assert.deepEqual(images[0].files[0], {
      path: 'k/kustomization.yaml',
      outcome: 'updated',
      places: [
        {
          outcome: 'updated',
          format: 'kustomize',
          line: 5,
          column: 13,
          before: '1.26',
          after: '1.27',
        },
      ],
      remarks: [],
    })
    const [overridden] = images[0].files[1].remarks
    assert.equal(overridden.code, 'overridden')
    assert.deepEqual([overridden.line, overridden.column], [8, 18])
    const diff = JSON.parse(setImage(cwd, '--json', '--diff', 'nginx=1.28').stdout)
    assert.equal(diff.written, false)
    assert.match(diff.diff, /^\+ {4}newTag: "1\.28"$/m)
  })
})

test('an image that is found nowhere is an error that names what was seen, and nothing is written', async () => {
  const files = {
    'a.yaml': deployment('ghcr.io/acme/web-ui:v1'),
    'b.yaml': deployment('ghcr.io/acme/web-ui:v1'),
  }
  await withFiles({ ...files, 'c.yaml': deployment('nginx:1') }, (cwd) => {
    const { status, stderr } = setImage(cwd, 'ghcr.io/acme/web=v2', 'nginx=2')
    assert.equal(status, 1)
    assert.match(stderr, /names the image ghcr\.io\/acme\/web\. Found ghcr\.io\/acme\/web-ui in 2 files/)
    assert.match(stderr, /Nothing was written\.\n$/)
    assert.equal(read(cwd, 'c.yaml'), deployment('nginx:1'))
    const json = JSON.parse(setImage(cwd, '--json', 'ghcr.io/acme/web=v2').stdout)
    assert.equal(json.images[0].outcome, 'not-found')
    assert.deepEqual(json.images[0].seen[0], { name: 'ghcr.io/acme/web-ui', files: 2 })
  })
})

test('one refused place keeps every file as it was', async () => {
  const files = {
    'a.yaml': deployment('web:v1'),
    'b.yaml': deployment('!!binary web:v1'),
  }
  await withFiles(files, (cwd) => {
    const { status, stdout, stderr } = setImage(cwd, 'web=v2')
    assert.equal(status, 1)
    assert.match(stderr, /^b\.yaml:\d+:\d+: .*\(explicit-type\)$/m)
    assert.doesNotMatch(stderr, /held-back/)
    assert.match(stdout, /a\.yaml:8 +refused/)
    assert.equal(read(cwd, 'a.yaml'), files['a.yaml'])
  })
})

test('the standard input is a filter: the result alone goes to the standard output', async () => {
  await withFiles({}, (cwd) => {
    const filter = (input: string, ...args: string[]) => runCli(cwd, ['set-image', '-', ...args], { input })
    const text = `\uFEFF${deployment('web:v1').replaceAll('\n', '\r\n')}`
    assert.deepEqual(filter(text, 'web=v2'), {
      status: 0,
      stdout: text.replace('web:v1', 'web:v2'),
      stderr: '',
    })
    const current = deployment('web:v2').trimEnd()
    assert.equal(filter(current, 'web=v2').stdout, current)
    const missing = filter(deployment('api:v1'), 'web=v2')
    assert.deepEqual([missing.status, missing.stdout], [1, ''])
    assert.deepEqual(filter(text, 'web=v2', '--check'), { status: 1, stdout: '', stderr: '' })
    const json = JSON.parse(filter(deployment('web:v1'), 'web=v2', '--json').stdout)
    assert.equal(json.output, deployment('web:v2'))
    const named = filter(
      'images:\n- {name: web, newTag: v1}\n',
      'web=v2',
      '--stdin-path',
      'kustomization.yaml',
    )
    assert.equal(named.stdout, 'images:\n- {name: web, newTag: v2}\n')
    const latin = runCli(cwd, ['set-image', '-', 'web=v2'], { input: new Uint8Array([0x61, 0xff]) })
    assert.deepEqual([latin.status, latin.stdout], [2, ''])
    assert.match(latin.stderr, /not UTF-8/)
  })
})

test('--add gives a kustomization an entry when nothing names the image', async () => {
  await withFiles(
    { 'k/kustomization.yaml': 'resources: [../base]\n', 'x.yaml': deployment('api:v1') },
    (cwd) => {
      assert.equal(setImage(cwd, 'web=v2').status, 1)
      const { status, stdout } = setImage(cwd, 'web=v2', '--add', 'k')
      assert.equal(status, 0)
      assert.match(stdout, /k\/kustomization\.yaml +added +– +v2/)
      assert.equal(
        read(cwd, 'k/kustomization.yaml'),
        'resources: [../base]\nimages:\n- name: web\n  newTag: v2\n',
      )
      assert.match(setImage(cwd, 'web=v2', '--add', 'k').stdout, /nothing to do/)
      for (const args of [
        ['--add', 'x.yaml'],
        ['--add', 'k', 'x.yaml'],
      ]) {
        const wrong = setImage(cwd, 'new=v2', ...args)
        assert.equal(wrong.status, 2)
        assert.match(wrong.stderr, /is not, and does not hold, a kustomization that was read\./)
      }
    },
  )
})

test('links, binary files, .git and node_modules are left alone', async () => {
  const text = deployment('web:v1')
  const files = {
    'web.yaml': text,
    '.git/web.yaml': text,
    'node_modules/a/web.yaml': text,
    'b.yaml': `\0${text}`,
  }
  await withFiles({ ...files, 'outside/web.yaml': text, 'in/x.yaml': text }, (cwd) => {
    symlinkSync(join(cwd, 'outside/web.yaml'), join(cwd, 'in/link.yaml'))
    symlinkSync(join(cwd, 'outside'), join(cwd, 'in/linked'))
    assert.equal(setImage(cwd, 'in', 'web=v2').status, 0)
    assert.equal(read(cwd, 'outside/web.yaml'), text)
    assert.equal(lstatSync(join(cwd, 'in/link.yaml')).isSymbolicLink(), true)
    const link = setImage(cwd, 'in/link.yaml', 'web=v2')
    assert.equal(link.status, 2)
    assert.match(link.stderr, /symbolic link\. Name the file itself/)
    assert.equal(setImage(cwd, 'web=v3').status, 0)
    for (const path of ['.git/web.yaml', 'node_modules/a/web.yaml', 'b.yaml'] as const)
      assert.equal(read(cwd, path), files[path])
  })
})

test('bytes that are no UTF-8 are never rewritten, and the file is named', async () => {
  const latin = Buffer.concat([Buffer.from('# caf\xe9\n', 'latin1'), Buffer.from(deployment('web:v1'))])
  await withFiles({ 'latin.yaml': latin, 'other.yaml': Buffer.from([0xff, 0xfe, 0x20]) }, (cwd) => {
    const alone = setImage(cwd, 'web=v2')
    assert.equal(alone.status, 1)
    assert.match(alone.stderr, /latin\.yaml: The file is not UTF-8.*\(not-utf-8\)/)
    assert.doesNotMatch(alone.stderr, /other\.yaml/)
    assert.deepEqual(readFileSync(join(cwd, 'latin.yaml')), latin)
  })
  await withFiles({ 'latin.yaml': latin, 'web.yaml': deployment('web:v1') }, (cwd) => {
    const { status, stdout } = setImage(cwd, '--json', 'web=v2')
    assert.equal(status, 0)
    assert.equal(JSON.parse(stdout).unread[0].code, 'not-utf-8')
    assert.deepEqual(readFileSync(join(cwd, 'latin.yaml')), latin)
  })
})

test('modes stay, and one file that may not be written keeps every file as it was', async () => {
  const isRoot = process.getuid?.() === 0
  await withFiles({ 'a.yaml': deployment('web:v1'), 'b.yaml': deployment('web:v1') }, (cwd) => {
    chmodSync(join(cwd, 'a.yaml'), 0o640)
    assert.equal(setImage(cwd, 'web=v2').status, 0)
    assert.equal(statSync(join(cwd, 'a.yaml')).mode & 0o777, 0o640)
    chmodSync(join(cwd, 'b.yaml'), 0o444)
    // Root may write everything: the command then runs as somebody else.
    const nobody = 65534
    for (const path of isRoot ? [dirname(cwd), cwd, join(cwd, 'a.yaml'), join(cwd, 'b.yaml')] : [])
      chownSync(path, nobody, nobody)
    const { status, stderr } = runCli(cwd, ['set-image', 'web=v3'], isRoot ? { uid: nobody } : {})
    assert.equal(status, 2)
    assert.match(stderr, /"b\.yaml" cannot be written \(EACCES\), so nothing was\./)
    assert.equal(read(cwd, 'a.yaml'), deployment('web:v2'))
    assert.deepEqual(readdirSync(cwd), ['a.yaml', 'b.yaml'])
    mkdirSync(join(cwd, 'd/locked'), { recursive: true, mode: 0o755 })
    chmodSync(join(cwd, 'd/locked'), 0)
    const locked = runCli(cwd, ['set-image', '../web/d', 'web=v3'], isRoot ? { uid: nobody } : {})
    chmodSync(join(cwd, 'd/locked'), 0o755)
    assert.equal(locked.status, 2)
    assert.match(locked.stderr, /^"d\/locked" may not be read/)
  })
})

test('foreign text cannot steer the terminal', async () => {
  await withFiles({ 'a\u001b[2J.yaml': deployment('web:v1') }, (cwd) => {
    const { stdout } = setImage(cwd, '--dry-run', 'web=v2')
    assert.ok(!stdout.includes('\u001b'))
    assert.match(stdout, /a\\x1b\[2J\.yaml:8/)
  })
})
