import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { KEY, problemsOf, sourceProblems } from './problems-of.ts'

const BASE = 'manifests: acme/k8s-manifests\nimage: ghcr.io/acme/web\n'
const STAGING = 'environments: { staging: { follow: branch main, path: apps/web/staging } }\n'

test('every problem of a file is found at once, each at its key or value', () => {
  const text = `manifest: acme/k8s-manifests
image: [ghcr.io/acme/web:1]
tag: {sha:7}
ready: imge
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
  ttl: 3
paths: [services/web/, 5]
`
  assert.deepEqual(sourceProblems(text), [
    '1:1 unknown-key',
    '2:8 wrong-type',
    '3:6 wrong-type',
    '4:8 invalid-value',
    '6:3 invalid-value',
    '7:5 unknown-key',
    '8:11 invalid-value',
    '9:12 invalid-value',
    '10:13 not-supported',
    '11:3 invalid-value',
    '12:13 invalid-value',
    '13:11 wrong-type',
    '14:5 unknown-key',
    '15:3 wrong-type',
    '16:3 missing',
    '17:13 invalid-value',
    '18:16 unknown-environment',
    '18:43 invalid-value',
    '20:11 invalid-value',
    '21:13 invalid-value',
    '22:9 invalid-value',
    '23:8 invalid-value',
    '24:8 wrong-type',
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
    ['gates: { soak: 1h }', /does not wait for a time/],
    ['gates: { checks: [e2e] }', /write "checks" beside "gates"/],
    ['gates: { scan: hihg }', /Did you mean high\?/],
    ['gates: { scn: high }', /Did you mean "scan"\?/],
    ['gates: { signature: release@acme.dev }', /Write its keys below it/],
    ['gates: { signature: { kye: x } }', /Did you mean "key"\?/],
    ['gates: { signature: {} }', /Write \{ key: … \} or \{ identity: …, issuer: … \}\./],
    ['gates: { signature: [] }', /at least one item/],
    ['gates: { signature: [{ identity: a@b.c }] }', /Write \{ key: … \} or/],
    ['gates: { signature: { key: x } }', /-----BEGIN PUBLIC KEY-----/],
    ['gates: { signature: { key: x, identity: a@b.c } }', /Write \{ key: … \} or/],
    ['gates: { signature: { identity: "**", issuer: "https://x.y" } }', /release@acme\.dev/],
    ['gates: { signature: { identity: "https://github.com/*/web", issuer: "https://x.y" } }', /release@acme/],
    [
      'gates: { signature: { identity: "https://github.com/a/b/.github/workflows/*", issuer: "https://x.y" } }',
      /Write https:\/\/github\.com\/a\/b\/\.github\/workflows\/\*\*,/,
    ],
    ['gates: { signature: { identity: a@b.c, issuer: "http://x.y" } }', /token\.actions/],
    ['ready: imag', /Did you mean image\?/],
    ['ready: green', /Write image, checks, both or commit\./],
    ['ready: true', /Put quotes around it/],
    ['ready: []', /at least one item/],
    ['checks: " test"', /as the forge shows it/],
    ['checks: []', /at least one item/],
    ['readyWithin: 30', /Put quotes around it/],
    ['readyWithin: 30s', /such as 30m, 1h or 2d/],
    ['readyWithin: 0m', /such as 30m, 1h or 2d/],
    ['readyWithin: 400d', /such as 30m, 1h or 2d/],
    ['pin: digset', /Did you mean digest\?/],
    ['pin: true', /Write tag or digest\./],
    ['retag: [a]', /Write true or false, or a text\./],
    ['retag: ghcr.io/acme/web:1', /Write only its name/],
    ['tags: main-*', /Write its keys below it/],
    ['tags: { alow: main-* }', /Did you mean "allow"\?/],
    ['tags: { allow: "a/*" }', /such as main-\*/],
    ['tags: { extract: "(?<=v)(.*)" }', /no look-around/],
    ['tags: { extract: "[0-9]+" }', /in brackets/],
    ['tags: { prereleases: yes }', /Write true or false\./],
    ['tag: "{branch}"', /Use \{sha:7\}/],
    ['tag: "/(/"', /RE2/],
    ['onFailure: rollback', /does not watch/],
    ['limit: 3', /It belongs under "previews"/],
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
    ['follow: environment', /such as environment staging/],
    ['follow: enviroment staging', /Did you mean environment\?/],
    ['follow: registy ^1.2', /Did you mean registry\?/],
    ['follow: registry', /registry \^1\.2, registry newest/],
    ['follow: registry main-*', /Write registry newest matching "main-\*"\./],
    ['follow: registry >y', /registry \^1\.2, registry newest/],
    ['follow: registry newest main-*', /registry newest matching "main-\*"/],
    ['follow: registry newest matching a/*', /such as main-\*/],
    ['follow: registry digest a b', /registry digest latest/],
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
    [
      'an app whose branches have no place beside the state branch',
      `${BASE}${STAGING}apps: { state: {} }`,
      ['4:9 invalid-value'],
    ],
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
    ...(
      [
        ['names of checks that nothing waits for', 'ready: image\nchecks: test', ['5:1 conflict']],
        ['names of checks where a commit counts at once', 'ready: commit\nchecks: test', ['5:1 conflict']],
        ['a time in which nothing has to become ready', 'ready: commit\nreadyWithin: 2h', ['5:1 conflict']],
        ['a condition beside none', 'ready: [commit, image]', ['4:1 conflict']],
        ['a gate that nobody looks at', 'ready: commit\ngates: { scan: high }', ['5:1 conflict']],
        ['a tag that nobody looks for', 'ready: commit\ntag: "b{n}"', ['5:1 conflict']],
        ['a release without tags', 'retag: true', ['4:1 conflict']],
        ['a selection of tags that nobody looks for', 'tags: { allow: main-* }', ['4:1 conflict']],
      ] as const
    ).map(
      ([title, lines, expected]) =>
        [title, `${BASE}environments: { a: { follow: branch main, path: x } }\n${lines}`, expected] as const,
    ),
    ...(
      [
        ['a template for a tag that is moved', 'registry digest latest, tag: "{sha:7}"', ['3:63 conflict']],
        ['no digest where one is followed', 'registry digest latest, pin: tag', ['3:63 conflict']],
        ['a selection beside one tag', 'registry digest latest, tags: { deny: x }', ['3:63 conflict']],
        ['checks of what has no commit', 'registry ^1.2, ready: both', ['3:54 conflict']],
        ['a release into another registry', 'tag v*, retag: quay.io/acme/web', ['3:47 conflict']],
        ['one source of several images', 'tag v*, images: [a, b], retag: acme/ci', ['3:63 conflict']],
      ] as const
    ).map(
      ([title, rest, expected]) =>
        [title, `${BASE}environments: { a: { path: x, follow: ${rest} } }`, expected] as const,
    ),
    [
      'a preview whose tag nobody can compute',
      `${BASE}tag: "{branch}-{n}"\n${previews('follow: pull requests, path: "p/{number}"').slice(BASE.length)}`,
      ['3:1 conflict'],
    ],
    [
      'a release whose tag nobody can compute',
      `${BASE}tag: "{version}-b{n}"\nenvironments: { a: { path: x, follow: tag v* } }`,
      ['3:1 conflict'],
    ],
    [
      'a pin of previews alone',
      previews('follow: pull requests, path: "p/{number}", pin: digest'),
      ['3:84 conflict'],
    ],
  ] as const) {
    test(`${title} is a problem`, () => {
      assert.deepEqual(sourceProblems(text), expected)
    })
  }

  for (const [title, text] of [
    [
      'a release whose image is looked for',
      `${BASE}tag: "{version}-b{n}"\nretag: true\nenvironments: { a: { path: x, follow: tag v* } }`,
    ],
    ['a release by its version', `${BASE}tag: "{version}"\nenvironments: { a: { path: x, follow: tag v* } }`],
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
    [
      'what only some heirs can use',
      `${BASE}retag: true\nchecks: test\ntags: { allow: x-* }\ntag: "{sha:9}"\nenvironments:\n  a: { follow: branch main, path: x, ready: both }\n  b: { follow: tag v*, path: y, ready: image }\n  c: { follow: registry ^1, path: z, ready: image }\n  d: { follow: registry digest latest, path: w, ready: image }`,
    ],
    [
      'a selection of the tags of a branch that nobody can compute',
      `${BASE}tag: "b{n}"\nready: image\ntags: { allow: b* }\nenvironments: { a: { follow: branch main, path: x } }`,
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

  test('what would be used where something is missing is not called unused', () => {
    assert.deepEqual(sourceProblems(`${BASE}retag: true\nenvironments: { a: { follow: tag v* } }`), [
      '4:17 missing',
    ])
  })

  test('a private key is told as what it is, and not shown', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const [problem] = problemsOf(`${BASE}${STAGING}gates: { signature: { key: ${JSON.stringify(pem)} } }`)
    assert.match(problem?.message ?? '', /^This is a private key/)
    assert.ok(!JSON.stringify(problem).includes(pem.slice(30, 60)))
  })

  test('a key that is too weak, or no public key, is refused', () => {
    const spki = { type: 'spki', format: 'pem' } as const
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export(spki)
    const other = generateKeyPairSync('x25519').publicKey.export(spki)
    const good = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(spki)
    const problems = (pem: string) =>
      sourceProblems(`${BASE}${STAGING}ready: image\ngates: { signature: { key: ${JSON.stringify(pem)} } }`)
    for (const pem of [weak, other, KEY.replace('MF', 'MA'), `${KEY}${KEY}`])
      assert.deepEqual(problems(String(pem)), ['5:28 invalid-value'])
    for (const pem of [good, KEY, `\n${KEY}\n`]) assert.deepEqual(problems(String(pem)), [])
  })

  test('a key that is mistyped or wrong is not called missing as well', () => {
    assert.deepEqual(sourceProblems(`manifest: acme/m\nimage: 5\n${STAGING}`), [
      '1:1 unknown-key',
      '2:8 wrong-type',
    ])
  })
})
