import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { pass } from '../../src/reconcile/pass.ts'
import { CONFIG, POLICY, PRODUCTION, STAGING } from '../support/acme.ts'
import { tagOf } from '../support/scene.ts'
import { grant, speaker } from '../support/speaker.ts'
import { acrossForges, MANIFESTS, SOURCE, type Stage, settle } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

const SAME = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
] as const

const AUTO = CONFIG.replace(
  'path: apps/web/overlays/staging\n',
  'path: apps/web/overlays/staging\n    merge: auto\n',
)
const WHO = `${POLICY}    promote: [user:alice, user:bob]\n`
const HOUR = 3_600_000

/** A pass at another time. */
async function passAt({ bot, source }: Stage, at: number) {
  const now = () => new Date(at)
  const id = { forge: source.id, path: SOURCE }
  return await pass(id, { ...bot.dependencies, now }, { confirmRemovals: false })
}

async function people(s: Stage) {
  const speak = await speaker(s)
  for (const name of ['alice', 'bob', 'carol']) grant(s.source, s.web, name, 'write')
  await s.clone.git('switch', '--quiet', '-C', 'main', 'origin/main')
  return speak
}

acrossForges((stage) => {
  test('who locks an environment first has it, the other is told who; when the time is over it goes on', async () => {
    await stage(
      async (s) => {
        const { ask, intents } = await people(s)
        const locked = await ask('/cargo lock staging for 2h -- looking into @acme/sre', 'alice')
        assert.deepEqual(locked.reactions, ['eyes', 'rocket'])
        assert.match(
          locked.answer,
          /web\/staging is locked until 20\S+ \S+ UTC, or until somebody unlocks it/,
        )
        assert.deepEqual(intents.enqueued, [`${s.source.id}:${SOURCE}`])
        const refused = await ask('/cargo lock staging', 'bob')
        assert.deepEqual(refused.reactions, ['eyes', 'confused'])
        assert.match(
          refused.answer,
          /is locked by alice since \S+ \S+ UTC until \S+ \S+ UTC: looking into @\u200bacme\/sre\. \(`locked`\)/,
        )
        assert.match((await ask('/cargo lock staging', 'carol')).answer, /\(`not-a-promoter`\)/)
        const before = await s.manifest(STAGING)
        const head = await s.push()
        const { standings, lookAgain } = await s.bot.pass(SOURCE)
        assert.deepEqual([standings[0]?.state, standings[0]?.reason.code], ['held', 'locked'])
        assert.notEqual(lookAgain?.at ?? null, null)
        assert.deepEqual([await s.states(), await s.manifest(STAGING)], [[], before])
        const status = (await ask('/cargo status', 'bob')).answer
        assert.match(status, /\| web\/staging \| held \|.* is locked by alice/)
        assert.match(status, /The next look is at \S+ \S+ UTC or sooner\./)
        const report = await s.source.report(SOURCE, head)
        assert.match(report.text, /web\/staging: held/)
        await passAt(s, Date.now() + 3 * HOUR)
        assert.deepEqual(await s.states(), ['1 open'])
      },
      { config: AUTO, policy: WHO },
    )
  })

  test('an open change request waits while its environment is locked, and is merged after the unlock', async () => {
    await stage(
      async (s) => {
        const { ask } = await people(s)
        const head = await s.push()
        await s.bot.pass(SOURCE)
        await ask('/cargo lock staging -- wait', 'alice')
        await s.bot.pass(SOURCE)
        await s.bot.pass(SOURCE)
        const [request] = await s.changeRequests()
        assert.equal(request?.state, 'open')
        assert.match(request.body, /web\/staging is locked by alice since .*: wait\./)
        const unlocked = await ask('/cargo unlock staging -- it was the network', 'bob')
        assert.match(unlocked.answer, /goes on by its rule\. web\/staging was locked by alice/)
        await settle(s)
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(head)))
        assert.doesNotMatch((await s.changeRequests())[0]?.body ?? '', /locked/)
        assert.match((await ask('/cargo unlock staging', 'bob')).answer, /is not locked/)
        const clone = await s.target.clone(MANIFESTS)
        await clone.git('fetch', '--quiet', 'origin', STATE_BRANCH)
        const log = await clone.git('log', '--format=%s / %b', 'FETCH_HEAD')
        assert.match(log, /^Unlock web\/staging \/ [\s\S]*?bob asked for it: it was the network$/m)
        assert.match(log, /^Lock web\/staging \/ [\s\S]*?alice asked for it: wait$/m)
      },
      { config: AUTO, policy: WHO },
    )
  })

  test('a rollback goes to the version before and holds it, another one further back, and unlock goes on', async () => {
    await stage(
      async (s) => {
        const { ask } = await people(s)
        const first = await s.manifest(STAGING)
        const second = await s.push('Second')
        await settle(s)
        const third = await s.push('Third')
        await settle(s)
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(third)))
        const back = await ask('/cargo rollback staging -- errors', 'alice')
        assert.match(back.answer, new RegExp(`goes back to ${tagOf(second)}, and is held there until`))
        assert.match(back.answer, /Nobody has looked whether its image is there/)
        assert.match(back.answer, /This commit is taken back:\n\n- .*Third/)
        await settle(s)
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(second)))
        const request = (await s.changeRequests()).at(-1)
        assert.match(request?.body ?? '', /### 1 commit taken back/)
        const fourth = await s.push('Fourth')
        await settle(s)
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(second)))
        const further = await ask('/cargo rollback staging', 'bob')
        assert.match(further.answer, /web\/staging goes back to /)
        await settle(s)
        assert.equal(await s.manifest(STAGING), first)
        assert.match((await ask('/cargo rollback staging', 'bob')).answer, /\(`no-version-before`\)/)
        const newer = await ask(`/cargo rollback staging ${tagOf(fourth)}`, 'bob')
        assert.match(newer.answer, /"\/cargo promote staging \w+" goes there\. \(`not-older`\)/)
        await ask('/cargo unlock staging', 'alice')
        await settle(s)
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(fourth)))
      },
      { config: AUTO, policy: WHO },
    )
  })

  test('a promote merges the version that is named, never an older one, and ends what a rollback holds', async () => {
    await stage(
      async (s) => {
        const { ask } = await people(s)
        const release = async (name: string) => {
          await s.push(`For ${name}`)
          await s.clone.git('tag', name)
          await s.clone.git('push', '--quiet', 'origin', name)
        }
        for (const name of ['v1.0.0', 'v1.1.0', 'v1.2.0']) await release(name)
        await s.bot.pass(SOURCE)
        const first = await s.manifest(PRODUCTION)
        const unnamed = await ask('/cargo promote production', 'alice')
        assert.match(unnamed.answer, /named: "\/cargo promote production v1\.2\.0"\. \(`version-needed`\)/)
        const promoted = await ask('/cargo promote production v1.1.0', 'alice')
        assert.deepEqual(promoted.reactions, ['eyes', 'rocket'])
        await settle(s)
        assert.equal(await s.manifest(PRODUCTION), kustomization('v1.1.0'))
        const titles = (await s.changeRequests()).flatMap(({ state, title }) =>
          state === 'open' ? title : [],
        )
        assert.ok(titles.includes('web production: v1.1.0 → v1.2.0'))
        const older = await ask('/cargo promote production v1.0.0', 'alice')
        assert.match(older.answer, /"\/cargo rollback production v1\.0\.0" goes there\. \(`not-newer`\)/)
        assert.match((await ask('/cargo promote production v9', 'bob')).answer, /\(`version-unknown`\)/)
        await ask('/cargo rollback production', 'bob')
        await settle(s)
        assert.equal(await s.manifest(PRODUCTION), first)
        await ask('/cargo promote production v1.2.0', 'alice')
        await settle(s)
        assert.equal(await s.manifest(PRODUCTION), kustomization('v1.2.0'))
        assert.match((await ask('/cargo status')).answer, /\| web\/production \| current \|/)
        await ask('/cargo lock production -- no more today', 'bob')
        await release('v1.3.0')
        const locked = await ask('/cargo promote production v1.3.0', 'alice')
        assert.match(locked.answer, /locked by bob since .*: no more today\. \(`locked`\)/)
      },
      { policy: WHO.replace('merge: [staging]', 'merge: [staging, production]') },
    )
  })

  test('a command on a change request is about its application, where its author needs access as well', async () => {
    await stage(
      async (s) => {
        for (const name of ['alice', 'bob']) grant(s.source, s.web, name, 'write')
        grant(s.target, s.manifests, 'carol', 'write')
        await s.push()
        await s.bot.pass(SOURCE)
        const [request] = await s.changeRequests()
        const { ask, intents } = await speaker(s, undefined, {
          number: request?.number ?? 0,
          manifests: true,
        })
        assert.match((await ask('/cargo lock staging', 'carol')).answer, /carol needs .* access to acme\/web/)
        assert.match((await ask('/cargo preview up', 'alice')).answer, /\(`no-preview-here`\)/)
        assert.deepEqual((await ask('/cargo lock staging -- wait', 'alice')).reactions, ['eyes', 'rocket'])
        assert.deepEqual(intents.enqueued, [`${s.source.id}:${SOURCE}`])
        const { standings } = await s.bot.pass(SOURCE)
        assert.equal(standings[0]?.reason.code, 'locked')
      },
      { policy: WHO },
    )
  })

  test('requirement 13: of private manifests no answer tells who has locked what and why, nor what runs', async () => {
    await stage(
      async (s) => {
        const { ask } = await people(s)
        await ask('/cargo lock staging -- the merger', 'alice')
        const answers = [await ask('/cargo lock staging', 'bob'), await ask('/cargo promote staging', 'bob')]
        answers.push(await ask('/cargo unlock staging', 'bob'), await ask('/cargo rollback staging', 'bob'))
        for (const { answer } of answers)
          assert.doesNotMatch(answer, /alice|merger|k8s-manifests|[0-9a-f]{7}`/)
      },
      { config: AUTO, policy: WHO, hidden: true },
    )
  })

  test('a freeze of the policy holds an environment until it is over, and not those that it leaves out', async () => {
    const days = (n: number) => new Date(Date.now() + n * 24 * HOUR).toISOString().slice(0, 10)
    const freeze = `freeze:\n  - { from: ${days(-1)}, to: ${days(1)}, only: [staging], reason: holidays }\n`
    await stage(
      async (s) => {
        await s.push()
        const { standings } = await s.bot.pass(SOURCE)
        assert.deepEqual([standings[0]?.state, standings[0]?.reason.code], ['held', 'frozen'])
        assert.match(
          standings[0]?.reason.message ?? '',
          new RegExp(`until ${days(2)} 00:00 UTC: holidays\\.$`),
        )
        assert.deepEqual(await s.states(), [])
        await passAt(s, Date.now() + 3 * 24 * HOUR)
        assert.deepEqual(await s.states(), ['1 open'])
      },
      { config: AUTO, policy: `${POLICY}${freeze}` },
    )
  })
}, SAME)
