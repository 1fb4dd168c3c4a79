import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retagWithConsent } from '../../src/compose/retag-consent.ts'
import { parseImageName } from '../../src/domain/image.ts'

async function tag(path: string, from: string, to = from, trusted: string[] = []): Promise<string> {
  const retag = retagWithConsent({ retag: async () => 'tagged' }, () => trusted)
  const wish = { from: parseImageName(from), to: parseImageName(to), digest: 'sha256:', tag: 'v1' }
  return await retag(wish, { forge: 'github', path }).catch(({ code }) => code)
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
  assert.equal(await tag('acme/web', 'harbor.acme.dev/shop/web', undefined, ['acme']), 'tagged')
  assert.equal(await tag('acme/platform/web', 'harbor.acme.dev/shop/web', undefined, ['acme']), 'tagged')
  assert.equal(await tag('acmes/web', 'harbor.acme.dev/shop/web', undefined, ['acme']), 'retag-denied')
})
