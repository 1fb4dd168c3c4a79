import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCli, withFiles } from './run-cli.ts'

const GOOD = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
environments:
  staging: { follow: branch main, path: apps/web/staging }
  production: { follow: tag v*, path: apps/web/production, ready: both, checks: [test, e2e], gates: { scan: high } }
previews: { follow: pull requests, template: apps/web/preview, path: "apps/web/previews/pr-{number}" }
`
const BAD =
  'manifest: acme/k8s-manifests\nimage: ghcr.io/acme/web\nenvironments:\n  a: { follow: main, path: x }\n'
const POLICY = 'accept:\n  - { from: acme/web, paths: apps/web/**, images: ghcr.io/acme/web }\n'

test('the files that the bot would read are checked, and what they say is shown', async () => {
  await withFiles(
    { '.github/supercargo.yml': GOOD, '.supercargo.yml': BAD, '.supercargo/policy.yml': POLICY },
    (cwd) => {
      assert.deepEqual(runCli(cwd, ['validate']), {
        status: 0,
        stderr: '',
        stdout: `APP  ENVIRONMENT  FOLLOWS        READY BY                                 WRITES TO                                         MERGE
web  staging      branch main    image                                    acme/k8s-manifests:apps/web/staging               review
web  production   tag v*         image, checks test e2e, scan below high  acme/k8s-manifests:apps/web/production            review
web  previews     pull requests  image                                    acme/k8s-manifests:apps/web/previews/pr-{number}  direct
.github/supercargo.yml: no problems
.supercargo/policy.yml: no problems
`,
      })
    },
  )
})

test('every problem is printed with its place and advice, and the process ends with 1', async () => {
  await withFiles({ '.supercargo.yml': BAD }, (cwd) => {
    assert.deepEqual(runCli(cwd, ['validate']), {
      status: 1,
      stderr: '',
      stdout: `.supercargo.yml:1:1: The key "manifest" is not known here.
    Did you mean "manifests"?
.supercargo.yml:4:16: "main" says nothing that an environment can follow.
    Write branch main.
.supercargo.yml: 2 problems
`,
    })
  })
})

test('--json prints the same for a program', async () => {
  await withFiles({ 'a/supercargo.yml': BAD, 'b/policy.yml': POLICY }, (cwd) => {
    const { status, stdout } = runCli(cwd, [
      'validate',
      '--json',
      'a/supercargo.yml',
      'b/policy.yml',
      'c/policy.yml',
    ])
    const { ok, files } = JSON.parse(stdout)
    assert.equal(status, 2)
    assert.equal(ok, false)
    assert.deepEqual(files[0].problems[0], {
      code: 'unknown-key',
      message: 'The key "manifest" is not known here.',
      advice: 'Did you mean "manifests"?',
      file: 'a/supercargo.yml',
      line: 1,
      column: 1,
    })
    assert.deepEqual(
      files.map((each: { kind: string; ok: boolean }) => [each.kind, each.ok]),
      [
        ['configuration', false],
        ['policy', true],
        ['policy', false],
      ],
    )
    assert.equal(files[1].value.accept[0].from.glob, 'acme/web')
    assert.equal(files[2].error, 'There is no such file.')
  })
})

test('the standard input is checked under the kind and repository that are given', async () => {
  await withFiles({}, (cwd) => {
    assert.equal(runCli(cwd, ['validate', '-', '--kind', 'policy'], { input: POLICY }).status, 0)
    const { status, stdout } = runCli(
      cwd,
      ['validate', '-', '--kind', 'configuration', '--repository', 'acme/shop', '--json'],
      { input: GOOD },
    )
    assert.equal(status, 0)
    assert.equal(JSON.parse(stdout).files[0].value.apps[0].name, 'shop')
  })
})

test('what cannot be checked ends with 2 and says why', async () => {
  const files = {
    'latin.txt': new Uint8Array([0x61, 0xff]),
    'policy.yml': POLICY,
    'policy.yaml/x': '',
    'other.yml': GOOD,
  }
  await withFiles(files, (cwd) => {
    for (const [args, reason] of [
      [['validate'], /There is no \.github\/supercargo\.yml/],
      [['validate', 'other.yml'], /add --kind/],
      [['validate', 'missing/policy.yml'], /no such file/],
      [['validate', 'policy.yaml'], /is a directory/],
      [['validate', 'latin.txt', '--kind', 'policy'], /not UTF-8/],
      [['validate', 'policy.yml', '--repository', 'shop'], /not a repository\. Write it as owner\/name/],
      [['validate', '--kind', 'nothing'], /configuration, policy/],
      [['validate', '--nothing'], /unknown option/],
      [['nothing'], /unknown command/],
      [[], /Usage: supercargo/],
    ] as const) {
      const { status, stdout, stderr } = runCli(cwd, [...args])
      assert.equal(status, 2, args.join(' '))
      assert.match(stderr, reason)
      assert.equal(stdout, '')
    }
  })
})

test('one file that cannot be read does not hide the problems of another', async () => {
  await withFiles({ '.supercargo.yml': BAD }, (cwd) => {
    const { status, stdout } = runCli(cwd, ['validate', 'none/policy.yml', '.supercargo.yml'])
    assert.equal(status, 2)
    assert.match(stdout, /2 problems/)
  })
})

test('foreign text cannot steer the terminal, and nothing is coloured in a pipe', async () => {
  const files = { 'policy.yml': 'accept: []\n"\\e[31m\\u202ered": 1\n' }
  await withFiles(files, (cwd) => {
    const { status, stdout } = runCli(cwd, ['validate', 'policy.yml'], { env: { TERM: 'xterm-256color' } })
    assert.equal(status, 1)
    assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'))
    assert.match(stdout, /\\e\[31m|\\x1b\[31m/)
  })
})

test('a file of 100 MB is refused without being read whole', async () => {
  await withFiles({ 'policy.yml': Buffer.alloc(100 * 1024 * 1024, 0x23) }, (cwd) => {
    const { status, stdout } = runCli(cwd, ['validate', 'policy.yml'])
    assert.equal(status, 1)
    assert.match(stdout, /larger than 1 MiB/)
  })
})

test('--version and --help are answers, not errors', async () => {
  await withFiles({}, (cwd) => {
    const version = runCli(cwd, ['--version'])
    assert.equal(version.status, 0)
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
    const help = runCli(cwd, ['validate', '--help'])
    assert.equal(help.status, 0)
    assert.match(help.stdout, /--kind <kind>/)
  })
})
