import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, Previews } from '../../src/config/model.ts'
import { slugOf } from '../../src/domain/slug.ts'
import type { ManifestFile, SourcePullRequest } from '../../src/forge/forge.ts'
import { type Plan, plan } from '../../src/plan/plan.ts'
import { type Answers, questionKey } from '../../src/plan/questions.ts'
import { app, file, manifests, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const CONSENT: Policy = {
  accept: [
    {
      from: { forge: null, glob: 'acme/web' },
      paths: ['previews/web/**'],
      images: ['ghcr.io/acme/web'],
      merge: [],
      direct: ['previews'],
    },
  ],
}
const NOTHING_MADE_FROM = { template: null, path: 'previews/web/pr-{number}.json' }
const HEAD = oid('12abcdef')

const VALUES = {
  number: '12',
  branch: 'feature/12',
  slug: slugOf('feature/12'),
  sha: HEAD,
  tag: HEAD.slice(0, 7),
  image: 'ghcr.io/acme/web',
  host: 'pr-12.web.example',
  owner: 'alice',
  title: 'Change 12',
  url: 'https://pr-12.web.example',
  replicas: '1',
}

interface Given {
  previews?: Partial<Previews>
  pullRequests?: SourcePullRequest[]
  inGit?: ManifestFile[]
  answers?: Answers
}

function planned(given: Given = {}): Plan {
  const items = given.pullRequests ?? [pullRequest(12)]
  const configured = previews({ ...NOTHING_MADE_FROM, ...given.previews })
  const planWorld = world({
    config: { apps: [app({ environments: [], previews: configured })] },
    offers: offers({
      pullRequests: { complete: true, items },
      closedPullRequests: [pullRequest(9, { state: 'closed' })],
    }),
    snapshot: manifests('x', { tree: given.inGit ?? [] }),
    policy: { ok: true, value: CONSENT },
  })
  return plan({ ...planWorld, answers: given.answers ?? {} }, { confirmRemovals: false })
}

function written({ actions }: Plan): Record<string, unknown> {
  const [action, ...others] = actions
  assert.deepEqual(others, [])
  assert.ok(action?.kind === 'commit')
  return Object.fromEntries(
    action.wish.changes.map(({ path, content }) => [path, content === null ? null : JSON.parse(content)]),
  )
}

test('without a template a preview is one JSON file with the value of every variable, each a text', () => {
  assert.deepEqual(written(planned()), { 'previews/web/pr-12.json': VALUES })
})

test('the end of its time is a value as well, where there is a ttl', () => {
  const { 'previews/web/pr-12.json': values } = written(planned({ previews: { ttl: 3 * 86_400 } }))
  assert.match((values as { expires: string }).expires, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
})

test('a file that says what it should is left alone, and one that nobody wants goes', () => {
  const same = file('previews/web/pr-12.json', `${JSON.stringify(VALUES, null, 2)}\n`)
  assert.deepEqual(planned({ inGit: [same] }).actions, [])
  const gone = file('previews/web/pr-9.json', '{}\n')
  assert.deepEqual(written(planned({ inGit: [same, gone] })), { 'previews/web/pr-9.json': null })
})

test('files beside the previews, of other names, stay', () => {
  const readme = file('previews/web/README.json', '{}\n')
  assert.deepEqual(
    written(planned({ pullRequests: [], inGit: [readme, file('previews/web/pr-9.json', '')] })),
    {
      'previews/web/pr-9.json': null,
    },
  )
})

test('what people write cannot leave the value that it ends up in', () => {
  const hostile = pullRequest(12, {
    title: 'x"\n- evil: {{ .password }} << inputs.id >>',
    authorLogin: 'a"b: c',
  })
  const { 'previews/web/pr-12.json': values } = written(planned({ pullRequests: [hostile] }))
  const { title, owner } = values as typeof VALUES
  assert.equal(title, 'x - evil .password inputs.id')
  assert.equal(owner, 'a-b-c')
})

test('a branch whose name could leave it gets none, and the others do', () => {
  const result = planned({ pullRequests: [pullRequest(11, { branch: 'x"y' }), pullRequest(12)] })
  assert.deepEqual(Object.keys(written(result)), ['previews/web/pr-12.json'])
  const refused = result.previews.find(({ state }) => state === 'refused')
  assert.equal(refused?.preview.pullRequest?.number, 11)
  assert.equal(refused?.reason?.code, 'template-value-unsafe')
  assert.match(refused?.reason?.message ?? '', /^previews\/web\/pr-11\.json: .*\{branch\}/)
})

test('pin: true adds the digest, for which the registry is asked first', () => {
  const [question, ...others] = planned({ previews: { pin: true } }).questions
  assert.deepEqual(others, [])
  assert.ok(question?.about === 'manifest')
  const digest = `sha256:${'a'.repeat(64)}`
  const value = { digest, mediaType: 'application/vnd.oci.image.manifest.v1+json' }
  const answers: Answers = { [questionKey(question)]: { known: true, value } }
  const { 'previews/web/pr-12.json': values } = written(planned({ previews: { pin: true }, answers }))
  assert.deepEqual(values, { ...VALUES, digest })
})

test('a policy that does not accept the place refuses all of them', () => {
  const result = planned({ previews: { path: 'elsewhere/web/pr-{number}.json' } })
  assert.deepEqual(result.actions, [])
  assert.deepEqual(
    result.previews.map(({ state, reason }) => [state, reason?.code]),
    [['refused', 'path-not-accepted']],
  )
})
