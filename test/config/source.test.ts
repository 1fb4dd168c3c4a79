import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SourceConfig } from '../../src/config/model.ts'
import { EVERY_PULL_REQUEST } from '../../src/config/preview-choice.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { KEY, SOURCE } from './problems-of.ts'

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
      ready: { image: true, checks: null, within: 3600 },
      pin: false,
      gates: { scan: null, signature: [] },
      merge: 'auto',
      follow: { kind: 'branch', branch: 'main' },
      tags: { allow: [], deny: [], extract: null, prereleases: false },
      retag: null,
      path: 'apps/web/overlays/staging',
      fields: [],
      imagePolicies: [],
      branch: null,
      title: null,
      upstream: null,
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
      ready: { image: true, checks: null, within: 3600 },
      pin: false,
      gates: { scan: null, signature: [] },
      merge: 'direct',
      ...EVERY_PULL_REQUEST,
      follow: { kind: 'pull-requests' },
      template: 'apps/web/preview',
      path: 'apps/web/previews/pr-{number}',
      url: 'https://pr-{number}.web.preview.acme.dev',
      probe: null,
      comment: true,
      deployments: true,
      status: false,
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

test('what an image must be and have is read whole', () => {
  const { apps } = read(`${BASE}ready: [image, checks]
checks: [test, "build (20)", coverage/*]
readyWithin: 1h30m
environments:
  staging:
    follow: branch main
    path: a
    tag: "{branch}-{sha:7}"
    gates:
      scan: high
      signature:
        - key: ${JSON.stringify(KEY)}
        - { identity: https://github.com/acme/web/**, issuer: https://token.actions.githubusercontent.com }
  production: { follow: tag v*, path: b, retag: ghcr.io/acme/web-ci, pin: digest, ready: checks }
  vendor:
    follow: registry ^1.2
    path: c
    ready: image
    tags: { allow: "1.*", deny: ["*-debug", "*-arm64"], extract: "/^([0-9.]+)-alpine$/", prereleases: true }
  edge: { follow: registry digest latest, path: d, ready: image, retag: false }
previews: { follow: pull requests, template: t, path: "p/{number}", ready: commit, gates: {} }
`)
  const { environments = [], previews } = apps[0] ?? {}
  const everything = { image: true, checks: ['test', 'build (20)', 'coverage/*'], within: 5400 }
  assert.deepEqual(
    environments.map(({ name, ready, pin, retag }) => ({ name, ready, pin, retag: retag?.from?.written })),
    [
      { name: 'staging', ready: everything, pin: false, retag: undefined },
      {
        name: 'production',
        ready: { ...everything, image: false },
        pin: true,
        retag: 'ghcr.io/acme/web-ci',
      },
      { name: 'vendor', ready: { ...everything, checks: null }, pin: false, retag: undefined },
      { name: 'edge', ready: { ...everything, checks: null }, pin: true, retag: undefined },
    ],
  )
  assert.deepEqual(environments[0]?.gates, {
    scan: 'high',
    signature: [
      { kind: 'key', key: KEY.trim() },
      {
        kind: 'identity',
        identity: 'https://github.com/acme/web/**',
        issuer: 'https://token.actions.githubusercontent.com',
      },
    ],
  })
  assert.deepEqual(environments[2]?.tags, {
    allow: ['1.*'],
    deny: ['*-debug', '*-arm64'],
    extract: '^([0-9.]+)-alpine$',
    prereleases: true,
  })
  assert.deepEqual(previews?.ready, { image: false, checks: null, within: 5400 })
})

test('checks without names are all that the branch requires', () => {
  const { apps } = read(`${BASE}${STAGING}ready: checks\n`)
  assert.deepEqual(apps[0]?.environments[0]?.ready, { image: false, checks: [], within: 3600 })
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
    ['registry ^1.2', { kind: 'registry-range', range: '^1.2' }],
    ['registry >=1 <2', { kind: 'registry-range', range: '>=1 <2' }],
    ['registry newest matching "main-*"', { kind: 'registry-newest', glob: 'main-*' }],
    ['registry  newest matching main-*', { kind: 'registry-newest', glob: 'main-*' }],
    ['registry digest latest', { kind: 'registry-digest', tag: 'latest' }],
  ] as const) {
    test(`"${written}" is understood`, () => {
      const config = read(`${BASE}environments: { staging: { follow: '${written}', path: a } }`)
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
