import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ConsentRequest, decide } from '../../src/config/consent.ts'
import type { MergeMode, Policy } from '../../src/config/model.ts'
import { readPolicy } from '../../src/config/policy.ts'
import { parseImageName } from '../../src/domain/image.ts'
import { MANIFESTS, SOURCE } from './problems-of.ts'

const WISH: ConsentRequest = {
  name: 'staging',
  paths: ['apps/web/overlays/staging/kustomization.yaml'],
  images: [parseImageName('ghcr.io/acme/web')],
  merge: 'review',
}

describe('without a policy', () => {
  test('a source of the same owner gets change requests for review and nothing more', () => {
    assert.deepEqual(decide(null, SOURCE, MANIFESTS, WISH), {
      allowed: true,
      merge: 'review',
      downgraded: null,
      gates: [],
    })
    const shouting = { forge: 'github', path: 'ACME/Web' }
    assert.equal(decide(null, shouting, MANIFESTS, WISH).allowed, true)
    for (const merge of ['auto', 'direct'] as const) {
      const decision = decide(null, SOURCE, MANIFESTS, { ...WISH, merge })
      assert.ok(decision.allowed)
      assert.equal(decision.merge, 'review')
      assert.equal(decision.downgraded?.code, 'no-policy')
      assert.match(decision.downgraded?.message ?? '', new RegExp(`merge: ${merge}`))
    }
  })

  for (const [source, owner] of [
    [{ forge: 'github', path: 'evil/web' }, 'from: evil/web'],
    [{ forge: 'gitlab', path: 'acme/web' }, 'from: gitlab:acme/web'],
    [{ forge: 'github', path: 'acme/group/web' }, 'from: acme/group/web'],
    [{ forge: 'github', path: 'acme2/web' }, 'from: acme2/web'],
  ] as const) {
    test(`${source.forge}:${source.path} gets nothing and is told why`, () => {
      const decision = decide(null, source, MANIFESTS, WISH)
      assert.ok(!decision.allowed)
      assert.equal(decision.reason.code, 'no-policy-other-owner')
      assert.ok(decision.reason.message.includes(owner), decision.reason.message)
    })
  }
})

test('gates hold that any entry asks for that names one of the files and images', () => {
  const gated = policy(`accept:
  - { from: acme/web, paths: apps/**, images: "**" }
  - { from: acme/web, paths: apps/web/**, images: ghcr.io/acme/web, gates: { scan: high } }
  - { from: acme/*, paths: apps/web/overlays/**, images: ghcr.io/acme/*, gates: { scan: low } }
  - { from: acme/web, paths: apps/api/**, images: ghcr.io/acme/web, gates: { scan: medium } }
  - { from: acme/api, paths: apps/web/**, images: ghcr.io/acme/web, gates: { scan: critical } }
`)
  const scans = (wish: Partial<ConsentRequest>) => {
    const decision = decide(gated, SOURCE, MANIFESTS, { ...WISH, ...wish })
    return decision.allowed ? decision.gates.map(({ scan }) => scan) : null
  }
  const other = parseImageName('quay.io/acme/other')
  assert.deepEqual(scans({}), ['high', 'low'])
  assert.deepEqual(scans({ images: [other] }), [])
  assert.deepEqual(scans({ images: [...WISH.images, other] }), ['high', 'low'])
  assert.deepEqual(scans({ paths: ['apps/web/x.yaml', 'apps/other/y.yaml'] }), ['high'])
  assert.equal(scans({ paths: ['other/x.yaml'] }), null)
})

describe('with a policy', () => {
  const POLICY = policy(`accept:
  - { from: acme/web, paths: apps/web/**, images: ghcr.io/acme/web, merge: [staging], direct: [previews] }
  - { from: acme/*, paths: shared/**, images: "ghcr.io/acme/*", merge: "*" }
  - { from: "gitlab:acme/**", paths: apps/web/**, images: "**", direct: "*" }
`)

  for (const [title, source, wish, expected] of [
    ['what is accepted', 'github:acme/web', {}, 'review'],
    ['auto where merge lists it', 'github:acme/web', { merge: 'auto' }, 'auto'],
    [
      'auto where merge does not',
      'github:acme/web',
      { merge: 'auto', name: 'production' },
      'review merge-not-accepted',
    ],
    ['direct where direct lists it', 'github:acme/web', { merge: 'direct', name: 'previews' }, 'direct'],
    [
      'direct where only merge lists it',
      'github:acme/web',
      { merge: 'direct' },
      'review direct-not-accepted',
    ],
    [
      'auto where only direct lists it',
      'github:acme/web',
      { merge: 'auto', name: 'previews' },
      'review merge-not-accepted',
    ],
    ['auto for all', 'github:acme/api', { merge: 'auto', name: 'x', paths: ['shared/a'] }, 'auto'],
    ['direct for all', 'gitlab:acme/a/b', { merge: 'direct', name: 'x' }, 'direct'],
    ['a source in other letters', 'github:Acme/WEB', {}, 'review'],
    ['another source', 'github:acme/api', {}, 'path-not-accepted'],
    ['a source of another owner', 'github:evil/web', {}, 'source-not-accepted'],
    ['a source of the same name on another forge', 'codeberg:acme/web', {}, 'source-not-accepted'],
    ['a source below the pattern', 'github:acme/group/web', {}, 'source-not-accepted'],
    ['another path', 'github:acme/web', { paths: ['apps/api/x.yaml'] }, 'path-not-accepted'],
    [
      'one other path of two',
      'github:acme/web',
      { paths: [...WISH.paths, 'apps/api/x'] },
      'path-not-accepted',
    ],
    ['paths of two entries', 'github:acme/web', { paths: [...WISH.paths, 'shared/x'] }, 'path-not-accepted'],
    ['a directory', 'github:acme/web', { paths: ['apps/web'] }, 'review'],
    ['a directory above', 'github:acme/web', { paths: ['apps'] }, 'path-not-accepted'],
    [
      'another image',
      'github:acme/web',
      { images: [parseImageName('ghcr.io/acme/api')] },
      'image-not-accepted',
    ],
    [
      'one other image of two',
      'github:acme/web',
      { images: [...WISH.images, parseImageName('nginx')] },
      'image-not-accepted',
    ],
    [
      'an image in other letters',
      'github:acme/web',
      { images: [parseImageName('GHCR.io/acme/web')] },
      'review',
    ],
    ['nothing to write', 'github:acme/web', { paths: [] }, 'review'],
    [
      'merge of an entry for other paths',
      'github:acme/web',
      { merge: 'auto', name: 'production' },
      'review merge-not-accepted',
    ],
  ] as const) {
    test(`${title}: ${expected}`, () => {
      const [forge = '', path = ''] = source.split(':')
      const decision = decide(POLICY, { forge, path }, MANIFESTS, {
        ...WISH,
        ...(wish as Partial<ConsentRequest>),
      })
      const shown = decision.allowed
        ? `${decision.merge} ${decision.downgraded?.code ?? ''}`.trim()
        : decision.reason.code
      assert.equal(shown, expected)
    })
  }

  test('a refusal names what would have to be added, by the entry that is nearest', () => {
    const lacking = policy(`accept:
  - { from: acme/web, paths: other/**, images: ghcr.io/acme/web }
  - { from: acme/web, paths: apps/**, images: ghcr.io/acme/api }
`)
    const decision = decide(lacking, SOURCE, MANIFESTS, WISH)
    assert.ok(!decision.allowed)
    assert.equal(
      decision.reason.message,
      '.supercargo/policy.yml in acme/k8s-manifests does not accept this image; the images of an entry would have to match ghcr.io/acme/web.',
    )
    const nobody = decide({ accept: [] }, { forge: 'gitlab', path: 'acme/web' }, MANIFESTS, WISH)
    assert.ok(!nobody.allowed)
    assert.match(nobody.reason.message, /an entry with from: gitlab:acme\/web would have to be added\.$/)
  })

  test('entries add up only when each accepts the whole change', () => {
    const two = policy(`accept:
  - { from: acme/web, paths: apps/**, images: "**" }
  - { from: "acme/*", paths: "**", images: "ghcr.io/**", merge: staging }
  - { from: acme/web, paths: none/**, images: "**", direct: staging }
`)
    const ask = (merge: MergeMode) => decide(two, SOURCE, MANIFESTS, { ...WISH, merge })
    assert.deepEqual(ask('auto'), { allowed: true, merge: 'auto', downgraded: null, gates: [] })
    const direct = ask('direct')
    assert.equal(direct.allowed && direct.downgraded?.code, 'direct-not-accepted')
  })
})

function policy(text: string): Policy {
  const read = readPolicy('.supercargo/policy.yml', text, MANIFESTS)
  assert.ok(read.ok, JSON.stringify(read))
  return read.value
}
