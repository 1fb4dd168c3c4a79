import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPolicy } from '../../src/config/policy.ts'
import { MANIFESTS, policyProblems } from './problems-of.ts'

test('a policy is read whole, with its forge and its images completed', () => {
  const policy = readPolicy(
    '.supercargo/policy.yml',
    `accept:
  - from: acme/web
    paths: apps/web/**
    images: ghcr.io/acme/web
    merge: [staging]
    direct: previews
    gates: { scan: critical, signature: { identity: release@acme.dev, issuer: https://accounts.google.com } }
    promote: [team:acme/sre, user:alice, role:maintain]
  - from: gitlab:acme/group/*
    paths: [a/**, b/*.yaml]
    images: [nginx, acme/*, "**", "GHCR.io/acme/web-?", "*/x/y", index.docker.io/a/b, "localhost:5000/*"]
`,
    MANIFESTS,
  )
  assert.deepEqual(policy, {
    ok: true,
    value: {
      accept: [
        {
          from: { forge: 'github', glob: 'acme/web' },
          paths: ['apps/web/**'],
          images: ['ghcr.io/acme/web'],
          merge: ['staging'],
          direct: ['previews'],
          gates: {
            scan: 'critical',
            signature: [
              { kind: 'identity', identity: 'release@acme.dev', issuer: 'https://accounts.google.com' },
            ],
          },
        },
        {
          from: { forge: 'gitlab', glob: 'acme/group/*' },
          paths: ['a/**', 'b/*.yaml'],
          images: [
            'docker.io/library/nginx',
            'docker.io/acme/*',
            '**',
            'ghcr.io/acme/web-?',
            '*/x/y',
            'docker.io/a/b',
            'localhost:5000/*',
          ],
          merge: [],
          direct: [],
        },
      ],
    },
  })
})

test('a policy that accepts nobody is a policy', () => {
  assert.deepEqual(readPolicy('p', 'accept: []', MANIFESTS), { ok: true, value: { accept: [] } })
})

describe('a policy with a problem accepts nothing', () => {
  const entry = (rest: string) =>
    `accept:\n  - from: acme/web\n    paths: a/**\n    images: a/b\n    ${rest}\n`
  for (const [text, expected] of [
    ['', ['1:1 empty-file']],
    ['{}', ['1:1 missing']],
    ['accept:', ['1:1 wrong-type']],
    ['accept: acme/web', ['1:9 wrong-type']],
    ['accept: [acme/web]', ['1:10 wrong-type']],
    ['accept: [{}]', ['1:10 missing', '1:10 missing', '1:10 missing']],
    ['accept: []\nfreeze:\n  - { from: 2026-12-24, to: 2027-01-02 }', ['2:1 not-supported']],
    ['acept: []', ['1:1 unknown-key']],
    ['accept: []\naccept: []', ['2:1 duplicate-key']],
    [entry('allow: x'), ['5:5 unknown-key']],
    [entry('merge: Staging'), ['5:12 invalid-value']],
    [entry('merge: [staging, 5, "stag*"]'), ['5:22 wrong-type', '5:25 invalid-value']],
    [entry('promote: alice'), ['5:14 invalid-value']],
    [entry('gates: { soak: 1h }'), ['5:14 not-supported']],
    [entry('gates: { scan: hihg }'), ['5:20 invalid-value']],
    ['accept: [{from: web, paths: a, images: b}]', ['1:17 invalid-value']],
    ['accept: [{from: "*", paths: a, images: b}]', ['1:17 invalid-value']],
    ['accept: [{from: "GitHub:acme/web", paths: a, images: b}]', ['1:17 invalid-value']],
    ['accept: [{from: acme/web, paths: /a, images: b}]', ['1:34 invalid-value']],
    ['accept: [{from: acme/web, paths: a/../b, images: b}]', ['1:34 invalid-value']],
    ['accept: [{from: acme/web, paths: [], images: b}]', ['1:34 invalid-value']],
    ['accept: [{from: acme/web, paths: a, images: "b:1"}]', ['1:45 invalid-value']],
    ['accept: [{from: acme/web, paths: a, images: "*"}]', ['1:45 invalid-value']],
  ] as const) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(policyProblems(text), expected)
    })
  }
})
