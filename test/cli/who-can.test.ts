import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { whoCanCommand } from '../../src/cli/who-can.ts'
import { createEngine } from '../../src/compose.ts'
import { SupercargoError } from '../../src/domain/errors.ts'
import { ensureGroup, setMember } from '../../src/sandbox/gitlab/state/groups.ts'
import { install } from '../../src/sandbox/model/installations.ts'
import { updateRepository } from '../../src/sandbox/model/repositories.ts'
import { setTeam } from '../../src/sandbox/model/teams.ts'
import { grant } from '../support/speaker.ts'
import { acrossForges, type Stage } from '../support/stage.ts'

const PAIRS = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
  { name: 'GitLab → GitHub', source: 'gitlab', target: 'github' },
] as const

const policy = (promote: string) => `accept:
  - from: acme/web
    paths: apps/web/**
    images: ghcr.io/acme/web
    promote: ${promote}
`
const PEOPLE =
  '{ production: [user:alice, team:acme/sre, role:maintain, user:gitlab:tom], staging: [user:bob] }'

/** What the command prints, and how it ends. */
async function run(s: Stage, ...args: string[]): Promise<{ out: string; code: number }> {
  const lines: string[] = []
  const take = (text: string) => void lines.push(text)
  const terminal = {
    width: Number.POSITIVE_INFINITY,
    paint: (_: string, text: string) => text,
    out: take,
    err: take,
    write: take,
    progress: () => undefined,
  }
  const engine = createEngine([...new Set([s.source.forge, s.target.forge])], pino({ level: 'silent' }))
  let code = -1
  const command = whoCanCommand(
    terminal,
    () => engine,
    (ended) => {
      code = ended
    },
  ).exitOverride()
  await command.parseAsync([...args, '--source', `${s.source.id}:acme/web`], { from: 'user' })
  return { out: lines.join('\n'), code }
}

async function people(s: Stage): Promise<void> {
  await updateRepository(s.source.inside.model, s.web, { private: true })
  grant(s.source, s.web, 'alice', 'write')
  grant(s.source, s.web, 'carol', 'write')
  grant(s.source, s.web, 'dave', 'read')
  const { model } = s.target.inside
  if (s.target.id === 'github') setTeam(model, 'acme', 'sre', ['carol', 'dave'])
  else for (const login of ['carol', 'dave']) setMember(model, ensureGroup(model, 'acme/sre'), login, 30)
}

acrossForges((stage, { source, target }) => {
  test('it prints whom the policy names, who of them may write the application, and why nobody may', async () => {
    await stage(
      async (s) => {
        await people(s)
        const { out, code } = await run(s, 'lock', 'production')
        const rows = out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3).join(' | '))
        const tom = source === 'gitlab' ? '– | tom' : '– | –'
        const named = source === 'gitlab' && target === 'gitlab' ? 'user:tom' : 'user:gitlab:tom'
        const same = source === target
        assert.deepEqual(rows, [
          'lock web/production, by the policy of acme/k8s-manifests:',
          'WHO | MAY | MAY NOT WRITE acme/web',
          same ? 'user:alice | alice | –' : 'user:alice | – | –',
          same ? 'team:acme/sre | carol | dave' : 'team:acme/sre | – | –',
          'role:maintain | – | –',
          `${named} | ${tom}`,
          ...(same
            ? []
            : ['Nobody: The policy names people, and none of them may write the application repository.']),
        ])
        assert.equal(code, same ? 0 : 1)
        const staging = await run(s, 'lock', 'staging', '--json')
        const [{ target: name, people: listed, reason }] = JSON.parse(staging.out).targets
        const counts = same ? ['bob'] : []
        assert.deepEqual(
          [name, listed[0].as, listed[0].lack, reason.code],
          ['web/staging', 'user:bob', counts, 'nobody'],
        )
        assert.equal(staging.code, 1)
        await s.person.commit('main', { '.supercargo/policy.yml': null })
        const without = await run(s, 'lock', 'production')
        assert.match(without.out, /\nNobody: acme\/k8s-manifests has no \.supercargo\/policy\.yml/)
        assert.equal(without.code, 1)
      },
      { policy: policy(PEOPLE) },
    )
  })
}, PAIRS)

acrossForges(
  (stage) => {
    test('commands that take no word of a policy, unknown ones, and a team that cannot be read are told', async () => {
      await stage(
        async (s) => {
          await people(s)
          assert.deepEqual(await run(s, 'retry'), {
            out: 'retry: everybody with write access to acme/web.',
            code: 0,
          })
          const wrong = async (...args: string[]) => {
            const error = await run(s, ...args).catch((thrown: unknown) => thrown)
            assert.ok(error instanceof SupercargoError)
            return `${error.code}: ${[error.message, error.advice].filter(Boolean).join(' ')}`
          }
          assert.equal(await wrong('lokc'), 'verb-unknown: There is no command "lokc". Did you mean "lock"?')
          assert.match(await wrong('lock'), /^environment-missing: "lock" is said of an environment\./)
          assert.match(
            await wrong('lock', 'productoin'),
            /^environment-unknown: .*Did you mean "production"\?$/,
          )
          const { members: _, ...permissions } = s.target.inside.model.app.permissions
          install(s.target.inside.model, 'acme', { permissions })
          const { out } = await run(s, 'lock', 'production')
          assert.match(out, /\nteam:acme\/sre +– +– +GitHub does not let the app read .* members: read/)
        },
        { policy: policy(PEOPLE) },
      )
    })
  },
  PAIRS.slice(0, 1),
)
