import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/config/consent.ts'
import { readPolicy } from '../../src/config/policy.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { parseImageName } from '../../src/domain/image.ts'
import { MANIFESTS, problemsOf, SOURCE, sourceProblems } from './problems-of.ts'

const BASE = 'manifests: acme/k8s-manifests\nimage: ghcr.io/acme/web\nfollow: branch main\n'
const TWO = 'environments: { staging: { path: a }, production: { path: b } }\n'

test('branch and title may stand at every level', () => {
  const text = `${BASE}title: "Runner: {sha:7}"\nenvironments:
  staging: { path: a, branch: "argocd/{sha:7}" }
  production: { path: b, branch: "deploy/{app}-{environment}", title: "{app} {environment}: {from} to {tag}" }
`
  const read = readSourceConfig('f', text, SOURCE)
  assert.ok(read.ok)
  assert.deepEqual(
    read.value.apps[0]?.environments.map(({ branch, title }) => [branch?.source, title?.source]),
    [
      ['argocd/{sha:7}', 'Runner: {sha:7}'],
      ['deploy/{app}-{environment}', '{app} {environment}: {from} to {tag}'],
    ],
  )
})

test('a branch has a directory of its own and a variable, and is a name that Git takes', () => {
  for (const bad of [
    'main',
    'argocd/x',
    '{sha}',
    '{app}/{sha}',
    'a b/{sha}',
    'a/../{sha}',
    'a/{number}',
    'supercargo/{sha}',
    '/a/{sha}',
  ]) {
    assert.deepEqual(
      sourceProblems(`${BASE}branch: "${bad}"\nenvironments: { staging: { path: a } }`),
      ['4:9 invalid-value'],
      bad,
    )
  }
  for (const bad of ['', ' ', '{number}', 'x'.repeat(201)]) {
    assert.deepEqual(
      sourceProblems(`${BASE}title: "${bad}"\nenvironments: { staging: { path: a } }`),
      ['4:8 invalid-value'],
      bad,
    )
  }
})

test('two environments never share a branch, and none is what something is deployed from', () => {
  assert.equal(sourceProblems(`${BASE}branch: "argocd/{sha:7}"\n${TWO}`).length, 1)
  assert.deepEqual(sourceProblems(`${BASE}branch: "argocd/{environment}/{sha:7}"\n${TWO}`), [])
  const apps = `apps: { web: { path: a, environments: { s: {} } }, api: { path: b, environments: { s: {} } } }\n`
  assert.equal(sourceProblems(`${BASE}branch: "argocd/{environment}"\n${apps}`).length, 1)
  assert.deepEqual(sourceProblems(`${BASE}branch: "argocd/{app}-{environment}"\n${apps}`), [])
  const deployed = `environments: { prod: { path: a, branch: "env/{environment}", manifests: acme/k8s-manifests@env/prod } }`
  assert.match(problemsOf(BASE + deployed)[0]?.message ?? '', /"env\/prod", which something is deployed from/)
  const own = `branch: "argocd/{sha}"\nenvironments: { staging: { path: a, manifests: ${SOURCE.path}@env/staging } }`
  assert.match(problemsOf(BASE + own)[0]?.message ?? '', /could be taken for one of its features/)
})

test('an unknown forge is a problem where it is written, once, with what was meant', () => {
  const read = (text: string, source = SOURCE) => {
    const config = readSourceConfig('f', text, source, ['github', 'gitlab', 'internal'])
    return config.ok
      ? []
      : config.problems.map(({ line, column, code, advice }) => `${line}:${column} ${code} ${advice}`)
  }
  assert.deepEqual(read(`${BASE.replace('acme/k8s', 'gitlba:acme/k8s')}${TWO}`), [
    '1:12 unknown-forge Did you mean gitlab? The forges here are github, gitlab, internal.',
  ])
  assert.deepEqual(read(`${BASE.replace('acme/k8s', 'internal:acme/k8s')}${TWO}`), [])
  assert.match(
    read(BASE + TWO, { forge: 'elsewhere', path: 'acme/web' })[0] ?? '',
    /^1:12 unknown-forge The forges/,
  )
})

test('a manifest repository without a forge before it is on the forge of the file', () => {
  const read = readSourceConfig('f', BASE + TWO, { forge: 'internal', path: 'acme/platform/web' })
  assert.ok(read.ok)
  assert.deepEqual(read.value.apps[0]?.environments[0]?.manifests, {
    forge: 'internal',
    path: 'acme/k8s-manifests',
  })
  const policy = readPolicy('f', 'accept: [{ from: acme/web, paths: "**", images: "**" }]', {
    forge: 'internal',
    path: 'a/b',
  })
  assert.ok(policy.ok)
  assert.equal(policy.value.accept[0]?.from.forge, 'internal')
})

test('the policy consents to branches by their names', () => {
  const entry = (branches: string) => {
    const read = readPolicy(
      'f',
      `accept: [{ from: acme/web, paths: "**", images: "**"${branches} }]`,
      MANIFESTS,
    )
    assert.ok(read.ok, JSON.stringify(read))
    return read.value
  }
  const wish = {
    name: 'staging',
    paths: ['a'],
    images: [parseImageName('ghcr.io/acme/web')],
    merge: 'review' as const,
  }
  const asked = (policy: ReturnType<typeof entry> | null, branch?: string) => {
    const decision = decide(policy, SOURCE, MANIFESTS, branch === undefined ? wish : { ...wish, branch })
    return decision.allowed ? 'yes' : decision.reason.code
  }
  assert.equal(asked(entry(', branches: argocd/*'), 'argocd/abc'), 'yes')
  assert.equal(asked(entry(', branches: argocd/*'), 'argocd/a/b'), 'branch-not-accepted')
  assert.equal(asked(entry(''), 'argocd/abc'), 'branch-not-accepted')
  assert.equal(asked(entry('')), 'yes')
  assert.equal(asked(null, 'argocd/abc'), 'branch-not-accepted')
  const decision = decide(entry(''), SOURCE, MANIFESTS, { ...wish, branch: 'argocd/abc' })
  assert.match(
    decision.allowed ? '' : decision.reason.message,
    /the branches of an entry would have to match argocd\/abc\.$/,
  )
})

test('people of one forge are not those of another: a policy without a forge means its own', () => {
  const policy = readPolicy('f', 'accept: [{ from: acme/*, paths: "**", images: "**" }]', {
    forge: 'gitlab',
    path: 'acme/k8s',
  })
  assert.ok(policy.ok)
  const wish = { name: 'staging', paths: ['a'], images: [parseImageName('x')], merge: 'review' as const }
  const from = (forge: string) =>
    decide(policy.value, { forge, path: 'acme/web' }, { forge: 'gitlab', path: 'acme/k8s' }, wish).allowed
  assert.deepEqual([from('gitlab'), from('github'), from('internal')], [true, false, false])
  const without = (forge: string) =>
    decide(null, { forge, path: 'acme/web' }, { forge: 'gitlab', path: 'acme/k8s' }, wish).allowed
  assert.deepEqual([without('gitlab'), without('github'), without('internal')], [true, false, false])
})
