import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SourceConfig } from '../../src/config/model.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { SOURCE } from './problems-of.ts'

const BASE = 'manifests: acme/k8s-manifests\nimage: ghcr.io/acme/web\n'
const STAGING = 'environments: { staging: { follow: branch main, path: apps/web/staging } }\n'

test('the configuration of the documentation is read whole', () => {
  const { apps } = read(`${BASE}tag: "main-{sha:8}"
environments:
  staging:
    follow: branch main
    path: apps/web/overlays/staging/
    merge: auto
  production:
    follow: tag v*
    path: apps/web/overlays/production
    manifests: gitlab:acme/group/production@release/1
    images: [ghcr.io/acme/web, nginx]
previews:
  follow: pull requests
  template: apps/web/preview
  path: apps/web/previews/pr-{number}
  url: https://pr-{number}.web.preview.acme.dev
`)
  const [app] = apps
  assert.equal(apps.length, 1)
  assert.equal(app?.name, 'web')
  assert.deepEqual(app?.paths, [])
  const [staging, production] = app?.environments ?? []
  assert.deepEqual(
    { ...staging, tag: staging?.tag.source },
    {
      name: 'staging',
      manifests: { forge: 'github', path: 'acme/k8s-manifests' },
      manifestBranch: null,
      images: [{ written: 'ghcr.io/acme/web', normalised: 'ghcr.io/acme/web' }],
      tag: 'main-{sha:8}',
      merge: 'auto',
      follow: { kind: 'branch', branch: 'main' },
      path: 'apps/web/overlays/staging',
      fields: [],
      imagePolicies: [],
      branch: null,
      title: null,
    },
  )
  assert.deepEqual(production?.manifests, { forge: 'gitlab', path: 'acme/group/production' })
  assert.equal(production?.manifestBranch, 'release/1')
  assert.deepEqual(
    production?.images.map(({ normalised }) => normalised),
    ['ghcr.io/acme/web', 'docker.io/library/nginx'],
  )
  assert.equal(production?.merge, 'review')
  assert.deepEqual(production?.follow, { kind: 'tag-glob', glob: 'v*' })
  assert.deepEqual(
    { ...app?.previews, tag: app?.previews?.tag.source },
    {
      manifests: { forge: 'github', path: 'acme/k8s-manifests' },
      manifestBranch: null,
      images: [{ written: 'ghcr.io/acme/web', normalised: 'ghcr.io/acme/web' }],
      tag: 'main-{sha:8}',
      merge: 'direct',
      follow: { kind: 'pull-requests' },
      template: 'apps/web/preview',
      path: 'apps/web/previews/pr-{number}',
      url: 'https://pr-{number}.web.preview.acme.dev',
    },
  )
})

describe('inheritance', () => {
  test('an environment takes from its app what it does not say, and the app from the top', () => {
    const { apps } = read(`manifests: acme/m
tag: "{sha}"
merge: auto
apps:
  web:
    image: acme/web
    follow: branch main
    paths: services/web/**
    environments:
      staging: { path: web/staging, merge: review }
      production: { path: web/production, follow: tag ^1.2, image: acme/other }
  api:
    images: [acme/api]
    tag: "{sha:9}"
    manifests: acme/m@api
    paths: ["services/api/**", "go.mod"]
    environments: { staging: { follow: branch main, path: api/staging } }
`)
    assert.deepEqual(summary({ apps }), [
      'web/staging acme/m acme/web {sha} review branch',
      'web/production acme/m acme/other {sha} auto tag-range',
      'api/staging acme/m@api acme/api {sha:9} auto branch',
    ])
    assert.deepEqual(
      apps.map(({ paths }) => paths),
      [['services/web/**'], ['services/api/**', 'go.mod']],
    )
  })

  test('apps that share one overlay take the environments from the top', () => {
    const config = read(`manifests: acme/m
environments: { staging: { follow: branch main, path: overlays/staging } }
apps: { web: { image: acme/web }, api: { image: acme/api } }
`)
    assert.deepEqual(summary(config), [
      'web/staging acme/m acme/web {sha:7} review branch',
      'api/staging acme/m acme/api {sha:7} review branch',
    ])
  })

  test('previews take manifests, image, tag and merge from above, but neither follow nor path', () => {
    const { apps } = read(`${BASE}merge: auto
follow: branch main
environments: { staging: { path: apps/web/staging } }
previews: { follow: branches feature/*, template: apps/web/preview, path: "apps/web/previews/{slug}" }
`)
    assert.equal(apps[0]?.previews?.merge, 'auto')
    assert.deepEqual(apps[0]?.previews?.follow, { kind: 'branches', glob: 'feature/*' })
  })

  test('an anchor may be used twice', () => {
    const config = read(`${BASE}environments:
  a: &a { follow: branch main, path: a }
  b: { follow: branch main, path: b, merge: &m auto }
  c: { follow: branch main, path: c, merge: *m }
`)
    assert.deepEqual(
      config.apps[0]?.environments.map(({ merge }) => merge),
      ['review', 'auto', 'auto'],
    )
  })
})

describe('the name of an app', () => {
  for (const [repository, name] of [
    ['acme/Web.App_1', 'web-app-1'],
    ['acme/group/api', 'api'],
    ['acme/.github', 'github'],
  ] as const) {
    test(`the repository ${repository} holds the app ${name}`, () => {
      const config = readSourceConfig('x', BASE + STAGING, { forge: 'github', path: repository })
      assert.equal(config.ok && config.value.apps[0]?.name, name)
    })
  }

  for (const repository of ['acme/...', `acme/${'a'.repeat(64)}`]) {
    test(`the repository ${repository} needs apps:`, () => {
      const config = readSourceConfig('x', BASE + STAGING, { forge: 'github', path: repository })
      assert.match((!config.ok && config.problems[0]?.advice) || '', /"apps:"/)
    })
  }
})

describe('follow', () => {
  for (const [written, follow] of [
    ['branch main', { kind: 'branch', branch: 'main' }],
    ['branch  release/1.x ', { kind: 'branch', branch: 'release/1.x' }],
    ['tag v*', { kind: 'tag-glob', glob: 'v*' }],
    ['tag v1.2.3', { kind: 'tag-glob', glob: 'v1.2.3' }],
    ['tag web-v*', { kind: 'tag-glob', glob: 'web-v*' }],
    ['tag web/**', { kind: 'tag-glob', glob: 'web/**' }],
    ['tag 2024.01.*', { kind: 'tag-glob', glob: '2024.01.*' }],
    ['tag ^1.2', { kind: 'tag-range', range: '^1.2' }],
    ['tag ~1.4', { kind: 'tag-range', range: '~1.4' }],
    ['tag >=1 <2', { kind: 'tag-range', range: '>=1 <2' }],
    ['tag 1.x', { kind: 'tag-range', range: '1.x' }],
    ['tag *', { kind: 'tag-range', range: '*' }],
    ['tag 1.2.3', { kind: 'tag-range', range: '1.2.3' }],
    ['tag ^1.2.3-rc.1 || ^2', { kind: 'tag-range', range: '^1.2.3-rc.1 || ^2' }],
  ] as const) {
    test(`"${written}" is understood`, () => {
      const config = read(`${BASE}environments: { staging: { follow: "${written}", path: a } }`)
      assert.deepEqual(config.apps[0]?.environments[0]?.follow, follow)
    })
  }
})

function read(text: string): SourceConfig {
  const config = readSourceConfig('.supercargo.yml', text, SOURCE)
  assert.deepEqual(config.ok ? [] : config.problems, [])
  assert.ok(config.ok)
  return config.value
}

function summary({ apps }: SourceConfig): string[] {
  return apps.flatMap((app) =>
    app.environments.map(
      ({ name, manifests, manifestBranch, images, tag, merge, follow }) =>
        `${app.name}/${name} ${manifests.path}${manifestBranch === null ? '' : `@${manifestBranch}`} ${images.map(({ written }) => written).join(',')} ${tag.source} ${merge} ${follow.kind}`,
    ),
  )
}
