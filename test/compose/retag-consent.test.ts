import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RetagGround, retagWithConsent } from '../../src/compose/retag-consent.ts'
import { parseImageName } from '../../src/domain/image.ts'

async function tag(path: string, from: string, to = from, ground: Partial<RetagGround> = {}) {
  const consent = retagWithConsent({ retag: async () => 'tagged' }, () => ({
    trusted: [],
    forge: null,
    ...ground,
  }))
  const wish = { from: parseImageName(from), to: parseImageName(to), digest: 'sha256:', tag: 'v1' }
  const by = { forge: 'github', path }
  const [asked, done] = await Promise.allSettled([consent.mayRetag(wish, by), consent.retag(wish, by)])
  assert.equal(asked.status, done.status, 'whoever asks first is told the same')
  return done.status === 'fulfilled' ? done.value : done.reason.code
}

test('an owner may tag images below the same name, and nobody else may', async () => {
  assert.equal(await tag('Acme/web', 'ghcr.io/acme/web'), 'tagged')
  assert.equal(await tag('acme/platform/web', 'registry.gitlab.com/acme/platform/web/app'), 'tagged')
  assert.equal(await tag('evil/web', 'ghcr.io/acme/web'), 'retag-denied')
  assert.equal(await tag('acm/web', 'ghcr.io/acme/web'), 'retag-denied')
  assert.equal(await tag('acme/web', 'ghcr.io/acme'), 'retag-denied')
})

test('neither may somebody else be read from nor written to', async () => {
  assert.equal(await tag('evil/web', 'ghcr.io/acme/web', 'ghcr.io/evil/web'), 'retag-denied')
  assert.equal(await tag('evil/web', 'ghcr.io/evil/web', 'ghcr.io/acme/web'), 'retag-denied')
})

test('whom the operator names may tag whatever the registry holds', async () => {
  assert.equal(await tag('acme/web', 'harbor.acme.dev/shop/web', undefined, { trusted: ['acme'] }), 'tagged')
  assert.equal(
    await tag('acme/platform/web', 'harbor.acme.dev/shop/web', undefined, { trusted: ['acme'] }),
    'tagged',
  )
  assert.equal(
    await tag('acmes/web', 'harbor.acme.dev/shop/web', undefined, { trusted: ['acme'] }),
    'retag-denied',
  )
})

test('in the registry of a forge, an owner of the same name at another forge is somebody else', async () => {
  const elsewhere = { forge: 'gitlab' }
  assert.equal(await tag('acme/web', 'registry.gitlab.com/acme/web', undefined, elsewhere), 'retag-denied')
  assert.equal(await tag('acme/web', 'ghcr.io/acme/web', undefined, { forge: 'github' }), 'tagged')
  const named = { ...elsewhere, trusted: ['acme'] }
  assert.equal(await tag('acme/web', 'registry.gitlab.com/acme/web', undefined, named), 'tagged')
})
