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
          promote: {
            '*': [
              { kind: 'team', forge: 'github', path: 'acme/sre' },
              { kind: 'user', forge: 'github', login: 'alice' },
              { kind: 'role', role: 'maintain' },
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

test('people are of the forge of the manifests unless another is named, and of every environment or one', () => {
  const text = `accept:
  - from: acme/web
    paths: a/**
    images: a/b
    promote: { production: [user:gitlab:alice, group:gitlab:acme], "*": role:owner, staging: [] }
    reviewers: { previews: user:bob_1.x }
`
  const policy = readPolicy('p', text, MANIFESTS)
  assert.ok(policy.ok)
  assert.deepEqual(policy.value.accept[0]?.promote, {
    production: [
      { kind: 'user', forge: 'gitlab', login: 'alice' },
      { kind: 'team', forge: 'gitlab', path: 'acme' },
    ],
    '*': [{ kind: 'role', role: 'admin' }],
    staging: [],
  })
  assert.deepEqual(policy.value.accept[0]?.reviewers, {
    previews: [{ kind: 'user', forge: 'github', login: 'bob_1.x' }],
  })
})

test('a policy that accepts nobody is a policy', () => {
  assert.deepEqual(readPolicy('p', 'accept: []', MANIFESTS), { ok: true, value: { accept: [] } })
})

describe('a policy with a problem accepts nothing', () => {
  const entry = (rest: string) =>
    `accept:\n  - from: acme/web\n    paths: a/**\n    images: a/b\n    ${rest}\n`
  const freeze = (one: string) => `accept: []\nfreeze:\n  - ${one}\n`
  for (const [text, expected] of [
    ['', ['1:1 empty-file']],
    ['{}', ['1:1 missing']],
    ['accept:', ['1:1 wrong-type']],
    ['accept: acme/web', ['1:9 wrong-type']],
    ['accept: [acme/web]', ['1:10 wrong-type']],
    ['accept: [{}]', ['1:10 missing', '1:10 missing', '1:10 missing']],
    ['acept: []', ['1:1 unknown-key']],
    ['accept: []\naccept: []', ['2:1 duplicate-key']],
    [entry('allow: x'), ['5:5 unknown-key']],
    [entry('merge: Staging'), ['5:12 invalid-value']],
    [entry('merge: [staging, 5, "stag*"]'), ['5:22 wrong-type', '5:25 invalid-value']],
    [entry('promote: alice'), ['5:14 invalid-value']],
    [
      entry('promote: [role:read, "role:", team:sre, user:a/b]'),
      ['5:15 invalid-value', '5:26 invalid-value', '5:35 invalid-value', '5:45 invalid-value'],
    ],
    [entry('promote: { Staging: user:alice }'), ['5:25 invalid-value']],
    [entry('promote: { staging: { x: y } }'), ['5:25 wrong-type']],
    [entry('promote: 5'), ['5:14 wrong-type']],
    [entry('reviewers: [role:maintain, user:gitlab:alice]'), ['5:17 invalid-value', '5:32 invalid-value']],
    [freeze('{ from: 2026-12-24 }'), ['3:5 missing']],
    [freeze('{ from: 2026-12-24, to: 2026-12-23 }'), ['3:29 invalid-value']],
    [freeze('{ from: 2026-12-24T18:00, to: 2026-12-24T18:00 }'), ['3:35 invalid-value']],
    [freeze('{ from: 2026-02-30, to: 2026-03-01T24:00 }'), ['3:13 invalid-value', '3:29 invalid-value']],
    [freeze('{ from: 2026-12-24, to: 2027-01-02, zone: Berlin }'), ['3:47 invalid-value']],
    [freeze('{ from: 2026-12-24, to: 2027-01-02, zone: Europe/Berlinn }'), ['3:47 invalid-value']],
    [freeze('{ from: 2026-12-24, to: 2027-01-02, only: a, except: b }'), ['3:5 conflict']],
    [freeze('{ from: 2026-12-24, to: 2027-01-02, except: [previews] }'), ['3:50 invalid-value']],
    [freeze('{ from: 2026-12-24, to: 2027-01-02, untill: x }'), ['3:41 unknown-key']],
    [freeze('{ from: 2026-12-24, to: 2027-01-02, reason: "" }'), ['3:49 invalid-value']],
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
