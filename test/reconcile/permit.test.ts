import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMANDS } from '../../src/command/registry.ts'
import { SupercargoError } from '../../src/domain/errors.ts'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import type { RepositoryId } from '../../src/domain/repository.ts'
import type { Forge } from '../../src/forge/forge.ts'
import type { Order } from '../../src/reconcile/commands/dependencies.ts'
import { permitOf } from '../../src/reconcile/commands/permit.ts'
import { readAndPlan } from '../../src/reconcile/read-world.ts'
import { ensureGroup, setMember } from '../../src/sandbox/gitlab/state/groups.ts'
import { ensureAccount, setRole, updateRepository } from '../../src/sandbox/model/repositories.ts'
import { setTeam } from '../../src/sandbox/model/teams.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { CONFIG } from '../support/acme.ts'
import { holdIntents } from '../support/intents.ts'
import { interpose } from '../support/interpose.ts'
import { speaker } from '../support/speaker.ts'
import { acrossForges, SOURCE, type Stage } from '../support/stage.ts'

const SAME = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
] as const
const ACROSS = [
  { name: 'GitHub → GitLab', source: 'github', target: 'gitlab' },
  { name: 'GitLab → GitHub', source: 'gitlab', target: 'github' },
] as const

/** What a policy says for a source of the manifests' own forge, unless it names one. */
const policy = (forge: string) => `accept:
  - from: acme/web
    paths: apps/web/**
    images: ghcr.io/acme/web
    promote:
      production: [user:${forge}alice, team:${forge}acme/sre]
      staging: role:maintain
`

/** Says as somebody which environment is meant; gives `permitted`, or the code and sentence of the refusal. */
function asker(s: Stage, wrap: (forge: Forge) => Forge = (forge) => forge) {
  const forges = new Map([...s.bot.dependencies.forges].map(([id, forge]) => [id, wrap(forge)]))
  const dependencies = { ...s.bot.dependencies, forges, store: holdIntents() }
  const repository: RepositoryId = { forge: s.source.id, path: SOURCE }
  return async (login: string, environment: string) => {
    const reading = await readAndPlan(repository, s.bot.dependencies, { confirmRemovals: false })
    assert.ok(reading.kind === 'planned')
    const access = await s.source.forge.readAccess(repository, login)
    const written = `/cargo promote ${environment}`
    const command = { verb: 'promote', line: 1, written, arguments: { environment } }
    const order = {
      command: { ...command, options: {}, lasting: null, reason: null },
      intent: {} as Order['intent'],
      repository,
      login,
      url: 'https://forge.example/comment/1',
      place: 1,
      access,
    }
    const { permit, reason } = await permitOf(order, reading.world, dependencies)
    return permit === null ? `${reason.code}: ${reason.message}` : 'permitted'
  }
}

type Level = 'read' | 'write' | 'maintain'

function grant({ id, inside }: Stage['source'], repository: Repository, login: string, level: Level): void {
  const account = ensureAccount(inside.model, login)
  if (id === 'github') setRole(inside.model, repository, account.login, level)
  else setMember(inside.model, repository, account.login, { read: 20, write: 30, maintain: 40 }[level] as 20)
}

/** A team on the forge of the application. */
function team({ id, inside }: Stage['source'], login: string): void {
  if (id === 'github') setTeam(inside.model, 'acme', 'sre', [login])
  else setMember(inside.model, ensureGroup(inside.model, 'acme/sre'), login, 30)
}

acrossForges((stage) => {
  test('requirement 10: it takes write access to the source, and the word of the policy for this environment', async () => {
    await stage(
      async (s) => {
        const ask = asker(s)
        const code = async (login: string, environment: string) =>
          (await ask(login, environment)).split(':')[0]
        await updateRepository(s.source.inside.model, s.web, { private: true })
        for (const login of ['alice', 'sre', 'maintainer', 'writer']) {
          grant(s.source, s.web, login, 'write')
          grant(s.target, s.manifests, login, login === 'maintainer' ? 'maintain' : 'write')
        }
        team(s.source, 'sre')
        const table: Record<string, [production: string | undefined, staging: string | undefined]> = {}
        for (const login of ['alice', 'ALICE', 'sre', 'maintainer', 'writer', 'stranger']) {
          table[login] = [await code(login, 'production'), await code(login, 'staging')]
        }
        assert.deepEqual(table, {
          alice: ['permitted', 'not-a-promoter'],
          ALICE: ['permitted', 'not-a-promoter'],
          sre: ['permitted', 'not-a-promoter'],
          maintainer: ['not-a-promoter', 'permitted'],
          writer: ['not-a-promoter', 'not-a-promoter'],
          stranger: ['not-permitted', 'not-permitted'],
        })
        grant(s.source, s.web, 'alice', 'read')
        assert.match(
          await ask('alice', 'production'),
          /^not-permitted: alice needs write access to acme\/web/,
        )
        assert.match(await ask('writer', 'producton'), /^environment-unknown: .*Did you mean "production"\?$/)
      },
      { policy: policy('') },
    )
  })

  test('requirement 13: whoever may not read the manifests cannot tell one refusal from another', async () => {
    await stage(
      async (s) => {
        const ask = asker(s)
        await updateRepository(s.source.inside.model, s.web, { private: true })
        grant(s.source, s.web, 'writer', 'write')
        const hidden = async () => {
          const told = []
          for (const each of ['production', 'staging', 'nowhere'])
            told.push((await ask('writer', each)).replaceAll(each, '…'))
          return [...new Set(told)]
        }
        const [first, ...others] = await hidden()
        assert.deepEqual(others, [])
        assert.match(first ?? '', /^not-permitted: writer may not give "promote" for "…"/)
        await s.person.commit('main', { '.supercargo/policy.yml': 'accept: [' })
        assert.deepEqual(await hidden(), [first])
        await s.person.commit('main', { '.supercargo/policy.yml': null })
        assert.deepEqual(await hidden(), [first])
        grant(s.target, s.manifests, 'writer', 'read')
        assert.match(await ask('writer', 'production'), /^no-policy: acme\/k8s-manifests has no/)
        assert.match(await ask('writer', 'nowhere'), /^environment-unknown/)
        // everybody may read the answer
        await updateRepository(s.source.inside.model, s.web, { private: false })
        assert.deepEqual(await hidden(), [first])
      },
      { policy: policy(''), hidden: true },
    )
  })

  test('requirement 12: neither a policy nor a configuration counts that is not on the default branch', async () => {
    await stage(
      async (s) => {
        const ask = asker(s)
        grant(s.source, s.web, 'writer', 'write')
        await s.person.branch('other')
        const other = policy('').replace('user:alice', 'user:writer')
        await s.person.commit('other', { '.supercargo/policy.yml': other })
        await s.pushConfig('Other', CONFIG.replace('k8s-manifests', 'k8s-manifests@other'))
        assert.match(await ask('writer', 'production'), /^not-a-promoter/)
        await s.person.commit('main', { '.supercargo/policy.yml': other })
        assert.equal(await ask('writer', 'production'), 'permitted')
        await s.clone.git('switch', '--quiet', '-c', 'feature')
        await s.pushConfig('Canary', CONFIG.replace('production:', 'canary:'))
        assert.match(await ask('writer', 'canary'), /^environment-unknown/)
      },
      { policy: policy('') },
    )
  })

  test('requirement 10: every command that takes the word of the policy asks for it, and nothing is written without', async () => {
    await stage(
      async (s) => {
        const { ask, intents } = await speaker(s)
        grant(s.source, s.web, 'writer', 'write')
        const verbs = COMMANDS.filter(({ needs }) => needs === 'promote').map(({ verb }) => verb)
        assert.ok(verbs.length > 0)
        for (const verb of verbs) {
          const { answer, reactions } = await ask(`/cargo ${verb} production`, 'writer')
          assert.match(answer, /^`\/cargo [a-z]+ production` 😕 .* \(`not-a-promoter`\)$/m)
          assert.deepEqual(reactions, ['eyes', 'confused'])
        }
        assert.deepEqual(intents.enqueued, [])
        assert.equal(await s.headOf(s.manifests, STATE_BRANCH), null)
      },
      { policy: policy('') },
    )
  })

  test('requirement 10: a forge that answers nothing says no, and who is named is found without it', async () => {
    await stage(
      async (s) => {
        grant(s.source, s.web, 'alice', 'write')
        grant(s.source, s.web, 'sre', 'write')
        team(s.source, 'sre')
        const failing = (kind: 'transient' | 'permanent') =>
          asker(s, (forge) =>
            interpose(forge, async ({ call }) => {
              if (call !== 'readMembership' && call !== 'readAccess') return
              throw new SupercargoError('No word.', { code: 'permission-missing', kind })
            }),
          )
        assert.equal(await failing('transient')('alice', 'production'), 'permitted')
        await assert.rejects(failing('transient')('sre', 'production'), { kind: 'transient' })
        await assert.rejects(failing('transient')('sre', 'staging'), { kind: 'transient' })
        assert.match(
          await failing('permanent')('sre', 'production'),
          /^not-a-promoter: .* Nobody knows who belongs to team acme\/sre: No word\.$/,
        )
        assert.match(await failing('permanent')('sre', 'staging'), /^not-a-promoter: .* No word\.$/)
      },
      { policy: policy('') },
    )
  })
}, SAME)

acrossForges((stage, { source }) => {
  test('requirement 10: a login of one forge says nothing on another, but for people that the policy names there', async () => {
    await stage(
      async (s) => {
        const ask = asker(s)
        for (const login of ['alice', 'sre', 'maintainer']) {
          grant(s.source, s.web, login, 'write')
          grant(s.target, s.manifests, login, 'maintain')
        }
        team(s.source, 'sre')
        assert.equal(await ask('alice', 'production'), 'permitted')
        assert.equal(await ask('sre', 'production'), 'permitted')
        assert.match(await ask('maintainer', 'staging'), /^not-a-promoter/)
        await s.person.commit('main', { '.supercargo/policy.yml': s.named(policy('')) })
        assert.match(await ask('alice', 'production'), /^not-a-promoter/)
        assert.match(await ask('sre', 'production'), /^not-a-promoter/)
      },
      { policy: policy(`${source}:`) },
    )
  })
}, ACROSS)
