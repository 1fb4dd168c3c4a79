import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineFromEnvironment } from '../../src/cli/engine-options.ts'

test('the one-shot command reads registries and hosts as the server does, and says all that is wrong at once', () => {
  const environment = {
    GITHUB_TOKEN: 'ghp_of-a-workflow',
    GITLAB_URL: 'ftp://git.example.com',
    GITLAB_TOKEN: 'glpat-of-a-job',
    REGISTRIES: 'harbor,own',
    REGISTRY_HARBOR_HOST: 'https://harbor.example.com',
    REGISTRY_OWN_HOST: 'registry.example.com',
    REGISTRY_OWN_USERNAME: 'acme',
    SIGSTORE_TRUST_ROOT: '/nowhere/trusted_root.json',
    PREVIEW_HOSTS: '*',
  }
  assert.throws(() => engineFromEnvironment(environment, false), {
    code: 'environment-wrong',
    message:
      /GITLAB_URL: .*REGISTRY_HARBOR_HOST: .*REGISTRY_OWN_PASSWORD: .*PREVIEW_HOSTS: .*SIGSTORE_TRUST_ROOT: /,
  })
})

test('secrets of webhooks are not asked for where nothing listens to them', () => {
  const environment = {
    GITHUB_TOKEN: 'ghp_of-a-workflow',
    REGISTRIES: 'harbor,packages',
    REGISTRY_HARBOR_HOST: 'harbor.example.com',
    REGISTRY_HARBOR_WEBHOOK: 'harbor',
    REGISTRY_PACKAGES_HOST: 'ghcr.io',
    REGISTRY_PACKAGES_AUTH: 'github',
  }
  assert.equal(engineFromEnvironment(environment, false).home, 'github')
})
