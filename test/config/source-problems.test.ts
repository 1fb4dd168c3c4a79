import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { problemsOf, sourceProblems } from './problems-of.ts'

const BASE = 'manifests: acme/k8s-manifests\nimage: ghcr.io/acme/web\n'
const STAGING = 'environments: { staging: { follow: branch main, path: apps/web/staging } }\n'

test('every problem of a file is found at once, each at its key or value', () => {
  const text = `manifest: acme/k8s-manifests
image: [ghcr.io/acme/web:1]
tag: {sha:7}
ready: image
environments:
  Staging:
    folow: branch main
    path: /apps/web
    merge: automatic
    gates: {soak: 1}
  previews:
    follow: main
    path: 3
    template: x
  production:
  qa:
    follow: tag ^1.x.y
  qb: {follow: environment staging, path: ../x}
previews:
  follow: merge requests
  template: apps/web/{number}
  path: "{slug}"
  url: ftp://x
  ttl: 3d
paths: [services/web/, 5]
`
  assert.deepEqual(sourceProblems(text), [
    '1:1 unknown-key',
    '2:8 wrong-type',
    '3:6 wrong-type',
    '4:1 not-supported',
    '6:3 invalid-value',
    '7:5 unknown-key',
    '8:11 invalid-value',
    '9:12 invalid-value',
    '10:5 not-supported',
    '11:3 invalid-value',
    '12:13 invalid-value',
    '13:11 wrong-type',
    '14:5 unknown-key',
    '15:3 wrong-type',
    '16:3 missing',
    '17:13 invalid-value',
    '18:16 not-supported',
    '18:43 invalid-value',
    '20:11 invalid-value',
    '21:13 invalid-value',
    '22:9 invalid-value',
    '23:8 invalid-value',
    '24:3 not-supported',
    '25:9 invalid-value',
    '25:24 wrong-type',
  ])
  for (const { message, advice, file } of problemsOf(text)) {
    assert.match(message, /^["A-Z].*[.]$/s, message)
    assert.match(advice ?? '', /^["A-Z]/, message)
    assert.equal(file, '.supercargo.yml')
  }
})

describe('what to write instead', () => {
  for (const [text, advice] of [
    ['enviroments: {}', /Did you mean "environments"\?/],
    ['Image: x', /Did you mean "image"\?/],
    ['iamge: x', /Did you mean "image"\?/],
    ['template: x', /It belongs under "previews"\./],
    ['colour: red', /The keys here are manifests, image,/],
    ['gates: {}', /nothing waits for gates/],
    ['retag: true', /CI must push the image/],
    ['onFailure: rollback', /does not watch/],
    ['limit: 3', /not limited/],
    ['merge: revew', /Did you mean review\?/],
    ['merge: yes', /Write review, auto or direct\./],
    ['tag: 1.10', /Put quotes around it\./],
    ['tag: {sha:7}', /"\{sha:7\}"/],
    ['tag: "{sha:2}"', /Use \{sha:7\}, \{branch\}/],
    ['tag: latest', /Use \{sha:7\}, \{branch\}/],
    ['images: ghcr.io/acme/web', /each after a dash/],
    ['images: []', /at least one item/],
    ['image: ghcr.io/acme/web:latest', /Write only its name, ghcr\.io\/acme\/web\./],
    ['image: ghcr.io/Acme/web', /without a tag/],
    ['image:', /Write its value after the colon/],
    ['manifests: k8s-manifests', /owner\/name/],
    ['manifests: acme/m@', /owner\/name@branch/],
    ['manifests: acme/m@supercargo/web/staging', /the branch that the engine deploys from/],
    ['manifests: https://github.com/acme/m', /owner\/name/],
    ['paths: "!docs/**"', /services\/web\/\*\*/],
    ['paths: docs/', /Write docs\/\*\*\./],
    ['paths: *.md', /quotes around/],
    ['follow: brunch main', /Did you mean branch\?/],
    ['follow: main', /Write branch main\./],
    ['follow: v*', /Write tag v\*\./],
    ['follow: ^1.2', /Write tag \^1\.2\./],
    ['follow: tag v1.x', /Write tag 1\.x,/],
    ['follow: tag', /tag v\*/],
    ['follow: tag v 1', /tag v\*/],
    ['follow: branch a b', /branch main/],
    ['follow: branch release/*', /one branch/],
    ['follow: pull requests', /Only previews follow that/],
    ['follow: registry ^1.2', /branch main or tag v\*/],
    ['\tfollow: x', /spaces/],
    ['manifests: acme/m: x', /quotes/],
    ['environments: [a]', /Write its keys below it/],
    ['<<: *x', /quotes|Leave it out/],
  ] as const) {
    test(`${JSON.stringify(text)} comes with advice`, () => {
      assert.match(
        problemsOf(`${text}\n`)
          .filter(({ line }) => line === 1)
          .map((each) => each.advice)
          .join('\n'),
        advice,
      )
    })
  }
})

describe('rules about several values', () => {
  const previews = (rest: string) => `${BASE}previews: { template: apps/web/preview, ${rest} }\n`
  for (const [title, text, expected] of [
    ['nothing to write to', 'image: a\nenvironments: { a: { follow: branch b, path: c } }', ['2:17 missing']],
    ['no image', 'manifests: a/b\nenvironments: { a: { follow: branch b, path: c } }', ['2:17 missing']],
    [
      'no follow and no path',
      `${BASE}environments: { a: { merge: auto } }`,
      ['3:17 missing', '3:17 missing'],
    ],
    ['no environments', BASE, ['1:1 missing']],
    ['environments without one', `${BASE}environments: {}`, ['3:1 missing']],
    ['apps without one', `${BASE}apps: {}`, ['3:1 missing']],
    ['an app without targets', `${BASE}apps:\n  web: { paths: x }`, ['4:3 missing']],
    ['a bad name of an app', `${BASE}${STAGING}apps: { Web: {} }`, ['4:9 invalid-value']],
    ['image and images', `${BASE}images: [b]\n${STAGING}`, ['3:1 conflict']],
    ['one image twice', `manifests: a/b\nimages: [nginx, library/nginx]\n${STAGING}`, ['2:17 conflict']],
    [
      'two environments in one place',
      `${BASE}environments:\n  a: { follow: branch a, path: x }\n  b: { follow: branch b, path: x }\n`,
      ['5:32 conflict'],
    ],
    [
      'one environment inside another',
      `${BASE}environments:\n  a: { follow: branch a, path: x/y }\n  b: { follow: branch b, path: x }\n`,
      ['5:32 conflict'],
    ],
    [
      'one path for all environments',
      `${BASE}path: x\nenvironments:\n  a: { follow: branch a }\n  b: { follow: branch b }\n`,
      ['6:3 conflict'],
    ],
    ['two apps with one image in one place', `${BASE}${STAGING}apps: { a: {}, b: {} }`, ['3:55 conflict']],
    ['previews all in one place', previews('follow: branches f/*, path: p/x'), ['3:69 invalid-value']],
    [
      'a number for branches',
      previews('follow: branches f/*, path: "p/{number}-{slug}", url: "https://{number}.x"'),
      ['3:69 invalid-value', '3:95 invalid-value'],
    ],
    [
      'one place for the previews of two apps',
      `${previews('follow: pull requests, path: "p/{number}"')}apps: { a: {}, b: { image: b } }`,
      ['3:70 conflict'],
    ],
    ['a branch in a path', previews('follow: branches f/*, path: "p/{branch}"'), ['3:69 invalid-value']],
    ['a commit in a path', previews('follow: branches f/*, path: "p/{sha}-{slug}"'), ['3:69 invalid-value']],
    [
      'a template where previews are written',
      `${BASE}previews: { follow: branches f/*, template: p/x, path: "p/{slug}" }`,
      ['3:45 conflict'],
    ],
    [
      'a template that holds the previews',
      `${BASE}previews: { follow: branches f/*, template: p, path: "p/{slug}" }`,
      ['3:45 conflict'],
    ],
    [
      'an environment where previews are written',
      `${BASE}environments: { a: { follow: branch m, path: p/pr-12/x, image: other } }\n${previews('follow: pull requests, path: "p/pr-{number}"').slice(BASE.length)}`,
      ['4:70 conflict'],
    ],
    [
      'previews inside an environment',
      `${BASE}environments: { a: { follow: branch m, path: p } }\n${previews('follow: pull requests, path: "p/pr-{number}"').slice(BASE.length)}`,
      ['4:70 conflict'],
    ],
    [
      'an app that feeds itself',
      `manifests: acme/Web\nimage: a\nenvironments: { a: { follow: branch main, path: deploy } }`,
      ['3:49 conflict'],
    ],
    [
      'an app that feeds itself by its paths',
      `manifests: acme/web\nimage: a\npaths: ["deploy/**"]\nenvironments: { a: { follow: branch main, path: deploy } }`,
      ['4:49 conflict'],
    ],
    [
      'a pattern of paths that no forge can tell the commits of',
      `manifests: acme/k\nimage: a\npaths: ["services/*/src"]\nenvironments: { a: { follow: branch main, path: x } }`,
      ['3:9 invalid-value'],
    ],
  ] as const) {
    test(`${title} is a problem`, () => {
      assert.deepEqual(sourceProblems(text), expected)
    })
  }

  for (const [title, text] of [
    [
      'two images in one place',
      `${BASE}environments: { a: { follow: branch a, path: x }, b: { follow: branch b, path: x, image: other } }`,
    ],
    [
      'one path in two repositories',
      `${BASE}environments: { a: { follow: branch a, path: x }, b: { follow: branch b, path: x, manifests: a/b } }`,
    ],
    [
      'one path on two branches',
      `${BASE}environments: { a: { follow: branch a, path: x }, b: { follow: branch b, path: x, manifests: acme/k8s-manifests@b } }`,
    ],
    [
      'names that share their beginning',
      `${BASE}environments: { a: { follow: branch a, path: x }, b: { follow: branch b, path: xy } }`,
    ],
    [
      'an environment beside the previews',
      `${BASE}environments: { a: { follow: branch a, path: p/base } }\n${previews('follow: pull requests, path: "p/pr-{number}"').slice(BASE.length)}`,
    ],
    [
      'manifests in the own repository, apart',
      'manifests: acme/web\nimage: a\npaths: src/**\nenvironments: { a: { follow: branch main, path: deploy } }',
    ],
    [
      'manifests on a branch of the own repository',
      'manifests: acme/web@deploy\nimage: a\nenvironments: { a: { follow: branch main, path: deploy } }',
    ],
    ['a slug for pull requests', previews('follow: pull requests, path: "p/{slug}"')],
    [
      'an image that overrides several',
      'manifests: a/b\nimages: [x, y]\nenvironments: { a: { follow: branch main, path: d, image: z } }',
    ],
  ] as const) {
    test(`${title} is no problem`, () => {
      assert.deepEqual(sourceProblems(text), [])
    })
  }

  test('a mistake that several apps inherit is told once', () => {
    assert.deepEqual(
      sourceProblems(
        `${BASE}environments: { a: { follow: branch } }\napps: { a: {image: a}, b: {image: b} }`,
      ),
      ['3:17 missing', '3:30 invalid-value'],
    )
  })

  test('a key that is mistyped or wrong is not called missing as well', () => {
    assert.deepEqual(sourceProblems(`manifest: acme/m\nimage: 5\n${STAGING}`), [
      '1:1 unknown-key',
      '2:8 wrong-type',
    ])
  })
})
