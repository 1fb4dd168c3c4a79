import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Environment, Policy, SourceConfig } from '../../src/config/model.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import type { ManifestFile, SourceSnapshot } from '../../src/forge/forge.ts'
import { plan } from '../../src/plan/plan.ts'
import { afterMerging } from '../support/applied.ts'
import { file, kustomization, line, manifests, offers, oid, onMain, SOURCE, world } from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const ROOT = 'apps/web/overlays/staging'
const OLD = onMain(line('aaaaaaa'))
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))
const NEWER = onMain(line('ccccccc', 'bbbbbbb', 'aaaaaaa'))
const KPACK_FIELD = '{ file: kpack.yaml, at: spec.source.git.revision, value: "{sha}" }'
const RENDER = '{ render: deployment.yml.tmpl, to: deployment.yml }'
const TEMPLATE = 'kind: Deployment\napiVersion: apps/v1\nspec: {image: "{image}:{tag}"}\n'

function config(fields: string, more: { follow?: string; path?: string; merge?: string } = {}): SourceConfig {
  const { follow = 'branch main', path = ROOT, merge = 'review' } = more
  const text = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
ready: commit
environments: { staging: { follow: ${follow}, path: ${path}, merge: ${merge}, fields: [${fields}] } }`
  const read = readSourceConfig('.supercargo.yml', text, SOURCE)
  assert.ok(read.ok, JSON.stringify(read))
  return { apps: read.value.apps.map((app) => ({ ...app, name: 'web' })) }
}

function policies(policy: string): SourceConfig {
  const { apps } = config('')
  const give = (environment: Environment) => ({
    ...environment,
    imagePolicies: environment.images.map((image) => ({ policy, image })),
  })
  return { apps: apps.map((app) => ({ ...app, environments: app.environments.map(give) })) }
}

function kpack(revision: string, path = `${ROOT}/kpack.yaml`): ManifestFile {
  return file(
    path,
    `kind: Image\nspec:\n  tag: ghcr.io/acme/web\n  source: {git: {revision: ${JSON.stringify(revision)}}}\n`,
  )
}

function deployment(tag: string): ManifestFile {
  return file(`${ROOT}/deployment.yml`, TEMPLATE.replace('{image}', 'ghcr.io/acme/web').replace('{tag}', tag))
}

const template = (text = TEMPLATE) => file(`${ROOT}/deployment.yml.tmpl`, text)

function planned(
  of: SourceConfig,
  offered: SourceSnapshot,
  tree: ManifestFile[],
  policy: Policy | null = null,
) {
  const snapshot = manifests('x', { tree })
  const parts = { config: of, offers: offered, snapshot, policy: { ok: true, value: policy } as const }
  const { actions, standings, comparisonsNeeded } = plan(world(parts), OPTIONS)
  const [first] = actions
  const [standing] = standings
  const wish = first?.kind === 'open-change-request' ? first.wish : null
  return {
    snapshot,
    first,
    actions,
    changes: wish?.commit.changes ?? [],
    comparisonsNeeded,
    code: standing?.reason.code,
    message: standing?.reason.message ?? '',
    from: standing?.from,
    title: wish?.title ?? null,
    body: wish?.body ?? '',
  }
}

describe('a kpack image whose revision is the only place', () => {
  const of = config(KPACK_FIELD)

  test('moves to a descendant, and says so by the tags of the commits', () => {
    const { changes, title, body } = planned(of, NEW, [kpack(oid('aaaaaaa'))])
    assert.deepEqual(changes, [{ path: `${ROOT}/kpack.yaml`, content: kpack(oid('bbbbbbb')).text }])
    assert.equal(title, 'web staging: aaaaaaa → bbbbbbb')
    assert.match(body, /1 commit .*compare\/aaaaaaa\.\.\.bbbbbbb/)
    assert.doesNotMatch(body, /Left alone/)
  })

  test('never moves backwards', () => {
    const late = {
      ...NEWER,
      branches: { main: { head: oid('aaaaaaa'), commits: line('bbbbbbb', 'aaaaaaa') } },
    }
    for (const revision of [oid('bbbbbbb'), 'bbbbbbb']) {
      const { actions, code } = planned(of, late, [kpack(revision)])
      assert.deepEqual([actions, code], [[], 'never-backwards'])
    }
  })

  test('is compared by the forge where the commit that it has is not among those that were read', () => {
    const { actions, comparisonsNeeded } = planned(of, NEW, [kpack(oid('fffffff'))])
    assert.deepEqual(actions, [])
    assert.deepEqual(comparisonsNeeded, [{ base: oid('fffffff'), head: oid('bbbbbbb') }])
  })

  test('is left alone where it has the candidate', () => {
    const { actions, code } = planned(of, NEW, [kpack(oid('bbbbbbb'))])
    assert.deepEqual([actions, code], [[], 'up-to-date'])
  })

  test('moves from a branch name, of which nobody knows the commit', () => {
    const { title, body } = planned(of, NEW, [kpack('main')])
    assert.equal(title, 'web staging: main → bbbbbbb')
    assert.match(body, /cannot be listed/)
  })

  test('edited by hand after the change was merged, it is left alone until a newer candidate exists', () => {
    const { snapshot, first } = planned(of, NEW, [kpack(oid('aaaaaaa'))])
    const merged = afterMerging(snapshot, first)
    const edited = { ...merged, tree: [kpack(oid('aaaaaaa'))] }
    const again = (offered: SourceSnapshot) =>
      plan(world({ config: of, offers: offered, snapshot: edited }), OPTIONS)
    assert.deepEqual(again(NEW).actions, [])
    assert.equal(again(NEW).standings[0]?.reason.code, 'edited-by-hand')
    assert.deepEqual(
      again(NEWER).actions.map(({ kind }) => kind),
      ['open-change-request'],
    )
  })

  test('gets no images entry in a kustomization beside it', () => {
    const tree = [kpack(oid('aaaaaaa')), file(`${ROOT}/kustomization.yaml`, 'resources: [kpack.yaml]\n')]
    assert.deepEqual(
      planned(of, NEW, tree).changes.map(({ path }) => path),
      [`${ROOT}/kpack.yaml`],
    )
  })
})

test('images and fields change together, and both say what the environment has', () => {
  const tree = [kpack(oid('aaaaaaa')), file(`${ROOT}/kustomization.yaml`, kustomization('aaaaaaa'))]
  const { changes, title, body } = planned(config(KPACK_FIELD), NEW, tree)
  assert.deepEqual(changes.map(({ path }) => path).sort(), [
    `${ROOT}/kpack.yaml`,
    `${ROOT}/kustomization.yaml`,
  ])
  assert.equal(title, 'web staging: aaaaaaa → bbbbbbb')
  assert.match(body, /Changes .*kustomization\.yaml.*and nothing but the version in them\./)
})

test('a field that writes more than a version decides what an image in the same place has', () => {
  const of = config('{ file: values.yaml, at: image, value: "{image}:{tag}-debug" }')
  const values = (tag: string) => file(`${ROOT}/values.yaml`, `image: ghcr.io/acme/web:${tag}\n`)
  const { changes, title } = planned(of, NEW, [values('aaaaaaa-debug')])
  assert.deepEqual(
    changes.map(({ content }) => content),
    [values('bbbbbbb-debug').text],
  )
  assert.equal(title, 'web staging: aaaaaaa → bbbbbbb')
  assert.equal(planned(of, NEW, [values('bbbbbbb-debug')]).code, 'up-to-date')
  const late = { ...NEW, branches: { main: { head: oid('aaaaaaa'), commits: line('bbbbbbb', 'aaaaaaa') } } }
  assert.equal(planned(of, late, [values('bbbbbbb-debug')]).code, 'never-backwards')
})

test('a tag whose repository stands in another file is set by a field, and nobody is told to look elsewhere', () => {
  const values = (tag: string) => file(`${ROOT}/values.yaml`, `image: {tag: ${tag}}\n`)
  const base = file(`${ROOT}/values-base.yaml`, 'image: {repository: ghcr.io/acme/web}\n')
  const of = config('{ file: values.yaml, at: image.tag, value: "{tag}" }')
  const { changes, title, body } = planned(of, NEW, [base, values('aaaaaaa')])
  assert.deepEqual(changes, [{ path: `${ROOT}/values.yaml`, content: values('bbbbbbb').text }])
  assert.equal(title, 'web staging: aaaaaaa → bbbbbbb')
  assert.doesNotMatch(body, /Left alone/)
})

describe('an environment that follows tags', () => {
  const tags = (...names: string[]) =>
    offers({
      branches: onMain(line('2aaaaaa', '1aaaaaa')).branches,
      tags: {
        complete: true,
        items: names.map((name, index) => ({ name, commit: oid(`${index + 1}aaaaaa`) })),
      },
    })
  const chart = (version: string) => file(`${ROOT}/Chart.yaml`, `version: 0.1.0\nappVersion: "${version}"\n`)
  const versions = config('{ file: Chart.yaml, at: appVersion, value: "{version}" }', { follow: 'tag v*' })
  const commits = config(KPACK_FIELD, { follow: 'tag v*' })

  test('reads the version of a chart as the tag that it comes from', () => {
    const { changes, title } = planned(versions, tags('v1.2.3', 'v1.3.0'), [chart('1.2.3')])
    assert.deepEqual(
      changes.map(({ content }) => content),
      [chart('1.3.0').text],
    )
    assert.equal(title, 'web staging: v1.2.3 → v1.3.0')
  })

  test('never moves a chart to a lower version', () => {
    assert.equal(planned(versions, tags('v1.2.3'), [chart('1.3.0')]).code, 'never-backwards')
  })

  test('reads a commit as the tag that stands on it', () => {
    const { changes, title } = planned(commits, tags('v1.2.3', 'v1.3.0'), [kpack(oid('1aaaaaa'))])
    assert.deepEqual(
      changes.map(({ content }) => content),
      [kpack(oid('2aaaaaa')).text],
    )
    assert.equal(title, 'web staging: v1.2.3 → v1.3.0')
    assert.equal(planned(commits, tags('v1.2.3'), [kpack(oid('1aaaaaa'))]).code, 'up-to-date')
  })

  test('never moves from a commit without a tag to one that came before it', () => {
    const offered = { ...tags('v1.0.0'), branches: onMain(line('eeeeeee', '1aaaaaa')).branches }
    assert.equal(planned(commits, offered, [kpack(oid('eeeeeee'))]).code, 'never-backwards')
  })

  test('refuses a tag that holds no version where one is wanted', () => {
    const { code, message } = planned(versions, tags('vnext'), [chart('1.3.0')])
    assert.equal(code, 'template-value-missing')
    assert.match(message, /Write \{tag\} instead/)
  })
})

describe('a template that is rendered', () => {
  const of = config(RENDER)

  test('writes its file, says what it had, and touches no other', () => {
    const other = file(`${ROOT}/notes.yaml`, 'image: envoy:v1\n')
    const { changes, title, body } = planned(of, NEW, [template(), deployment('aaaaaaa'), other])
    assert.deepEqual(changes, [{ path: `${ROOT}/deployment.yml`, content: deployment('bbbbbbb').text }])
    assert.equal(title, 'web staging: aaaaaaa → bbbbbbb')
    assert.match(body, /Writes `apps\/web\/overlays\/staging\/deployment\.yml` anew from the template\./)
  })

  test('makes a file that is not there yet', () => {
    const { changes, title } = planned(of, NEW, [template()])
    assert.deepEqual(changes, [{ path: `${ROOT}/deployment.yml`, content: deployment('bbbbbbb').text }])
    assert.equal(title, 'web staging: bbbbbbb')
  })

  test('never moves backwards', () => {
    const late = { ...NEW, branches: { main: { head: oid('aaaaaaa'), commits: line('bbbbbbb', 'aaaaaaa') } } }
    assert.equal(planned(of, late, [template(), deployment('bbbbbbb')]).code, 'never-backwards')
  })

  test('never moves backwards either where only the lines of the template say the version', () => {
    const text = 'git:\n  revision: {sha:7} # {tag}\n'
    const rendered = file(`${ROOT}/deployment.yml`, 'git:\n  revision: bbbbbbb # bbbbbbb\n')
    const late = { ...NEW, branches: { main: { head: oid('aaaaaaa'), commits: line('bbbbbbb', 'aaaaaaa') } } }
    assert.equal(planned(of, late, [template(text), rendered]).code, 'never-backwards')
    assert.equal(planned(of, NEW, [template(text), rendered]).code, 'up-to-date')
  })

  test('is not taken for a manifest: an image with a tag of its own in it stays', () => {
    const text = `${TEMPLATE}# image: ghcr.io/acme/web:old\n`
    const { changes } = planned(of, NEW, [template(text)])
    assert.deepEqual(
      changes.map(({ path }) => path),
      [`${ROOT}/deployment.yml`],
    )
  })

  for (const [what, tree, code] of [
    ['that is missing', [deployment('aaaaaaa')], 'template-not-found'],
    ['that names no version', [template('image: x:$TAG\n')], 'template-without-version'],
    [
      'whose file is a symbolic link',
      [template(), { ...deployment('aaaaaaa'), mode: '120000', text: null }],
      'path-invalid',
    ],
    ['whose file is a directory', [template(), file(`${ROOT}/deployment.yml/a`, '')], 'path-invalid'],
  ] as const) {
    test(`${what} is refused`, () => {
      const result = planned(of, NEW, [...tree])
      assert.deepEqual([result.actions, result.code], [[], code])
    })
  }

  test('below a symbolic link is refused', () => {
    const link = { ...file(`${ROOT}/link`, '../..'), mode: '120000', text: null }
    const below = config('{ render: deployment.yml.tmpl, to: link/deployment.yml }')
    assert.equal(planned(below, NEW, [template(), link]).code, 'path-invalid')
  })
})

test('where the path is a file, fields are in its directory', () => {
  const of = config(KPACK_FIELD, { path: `${ROOT}/values.yaml` })
  const values = file(`${ROOT}/values.yaml`, 'replicas: 1\n')
  const { changes } = planned(of, NEW, [values, kpack(oid('aaaaaaa'))])
  assert.deepEqual(
    changes.map(({ path }) => path),
    [`${ROOT}/kpack.yaml`],
  )
})

describe('what is refused', () => {
  test('a path that does not exist, with the nearest one and the place', () => {
    const of = config('{ file: kpack.yaml, at: spec.source.git.revison, value: "{sha}" }')
    const { code, message, actions } = planned(of, NEW, [kpack('main')])
    assert.deepEqual([actions, code], [[], 'field-not-found'])
    assert.match(message, /Did you mean "revision"\? \(apps\/web\/overlays\/staging\/kpack\.yaml:4:\d+\)/)
  })

  test('a field without its file', () => {
    assert.equal(planned(config(KPACK_FIELD), NEW, [template()]).code, 'file-not-found')
  })

  test('a good field when another is refused: all or nothing', () => {
    const of = config(`${KPACK_FIELD}, { file: kpack.yaml, at: spec.revision, value: "{sha}" }`)
    assert.deepEqual(planned(of, NEW, [kpack(oid('aaaaaaa'))]).actions, [])
  })
})

describe('the policy of the manifest repository', () => {
  const policy = (paths: string[], images = ['ghcr.io/acme/web']): Policy => ({
    accept: [{ from: { forge: null, glob: 'acme/web' }, paths, images, merge: [], direct: [] }],
  })

  test('must accept the file of a field, also where nothing changes in it, before anything is told of it', () => {
    const of = config('{ file: kpack.yaml, at: spec.sauce, value: "{sha}" }')
    const tree = [kpack('main'), file(`${ROOT}/kustomization.yaml`, kustomization('aaaaaaa'))]
    const { code, actions } = planned(of, NEW, tree, policy([`${ROOT}/kustomization.yaml`]))
    assert.deepEqual([actions, code], [[], 'path-not-accepted'])
  })

  test('must accept the file that a template is rendered to', () => {
    const { code } = planned(config(RENDER), NEW, [template()], policy([`${ROOT}/kustomization.yaml`]))
    assert.equal(code, 'path-not-accepted')
  })

  test('must accept an image that the value of a field names', () => {
    const of = config('{ file: values.yaml, at: image, value: "evil.example/miner:{tag}" }')
    const tree = [file(`${ROOT}/values.yaml`, 'image: ghcr.io/acme/other:1\n')]
    assert.equal(planned(of, NEW, tree, policy([`${ROOT}/**`])).code, 'image-not-accepted')
    assert.equal(planned(of, NEW, tree, policy([`${ROOT}/**`], ['**'])).code, 'newer-version')
    const around = config('{ file: values.yaml, at: image, value: "evil.example/{image}:{tag}" }')
    assert.equal(planned(around, NEW, tree, policy([`${ROOT}/**`])).code, 'image-not-accepted')
  })

  test('is asked for nothing more by a Git ref', () => {
    const of = config('{ file: kpack.yaml, at: spec.source.git.revision, value: "refs/heads/{sha}" }')
    assert.equal(planned(of, NEW, [kpack('main')], policy([`${ROOT}/**`])).code, 'newer-version')
  })
})

describe('markers', () => {
  const marked = (value: string, marker: string) => [
    file(`${ROOT}/settings.yaml`, `a: ${value} # ${marker}\n`),
  ]
  const after = (value: string, marker: string) => marked(value, marker).map(({ text }) => text)
  const POLICY_MARKER = '{"$imagepolicy": "flux:web:tag"}'

  test('of a Flux image policy mean the image that the configuration gives it', () => {
    const { changes } = planned(policies('flux:web'), NEW, marked('aaaaaaa', POLICY_MARKER))
    assert.deepEqual(
      changes.map(({ content }) => content),
      after('bbbbbbb', POLICY_MARKER),
    )
    const { code } = planned(policies('flux:other'), NEW, marked('aaaaaaa', POLICY_MARKER))
    assert.equal(code, 'image-not-found')
  })

  test('may name the app, and a marked commit never moves backwards', () => {
    const tree = (digits: string) => marked(oid(digits), 'supercargo: web:sha')
    const { changes, title } = planned(config(''), NEW, tree('aaaaaaa'))
    assert.deepEqual(
      changes.map(({ content }) => content),
      after(oid('bbbbbbb'), 'supercargo: web:sha'),
    )
    assert.equal(title, 'web staging: aaaaaaa → bbbbbbb')
    const late = { ...NEW, branches: { main: { head: oid('aaaaaaa'), commits: line('bbbbbbb', 'aaaaaaa') } } }
    assert.equal(planned(config(''), late, tree('bbbbbbb')).code, 'never-backwards')
  })

  test('may want the version of a tag, which never moves backwards', () => {
    const of = config('', { follow: 'tag v*' })
    const offered = offers({ tags: { complete: true, items: [{ name: 'v1.2.3', commit: oid('1') }] } })
    const tree = (version: string) => marked(version, 'supercargo: web:version')
    assert.deepEqual(
      planned(of, offered, tree('1.2.2')).changes.map(({ content }) => content),
      after('1.2.3', 'supercargo: web:version'),
    )
    assert.equal(planned(of, offered, tree('1.3.0')).code, 'never-backwards')
  })
})

test('images, fields and templates go into one direct commit where the policy consents, and after it nothing is left', () => {
  const policy: Policy = {
    accept: [
      {
        from: { forge: null, glob: 'acme/web' },
        paths: ['apps/**'],
        images: ['ghcr.io/acme/web'],
        merge: [],
        direct: ['staging'],
      },
    ],
  }
  const of = config(`${KPACK_FIELD}, ${RENDER}`, { merge: 'direct' })
  const entries = file(`${ROOT}/kustomization.yaml`, kustomization('aaaaaaa'))
  const tree = [kpack(oid('aaaaaaa')), template(), deployment('aaaaaaa'), entries]
  const { first, snapshot } = planned(of, NEW, tree, policy)
  assert.ok(first?.kind === 'commit')
  assert.deepEqual(first.wish.changes.map(({ path }) => path).sort(), [
    `${ROOT}/deployment.yml`,
    `${ROOT}/kpack.yaml`,
    entries.path,
  ])
  const content = new Map(first.wish.changes.map((change) => [change.path, change.content]))
  const after = snapshot.tree.map((entry) => ({ ...entry, text: content.get(entry.path) ?? entry.text }))
  assert.deepEqual(planned(of, NEW, after, policy).actions, [])
  assert.equal(planned(of, NEW, tree).first?.kind, 'open-change-request')
})

test('a first commit with fields alone opens a change request for the first version', () => {
  const { title } = planned(config(KPACK_FIELD), OLD, [kpack('')])
  assert.equal(title, 'web staging: aaaaaaa')
})
