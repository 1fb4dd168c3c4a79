import assert from 'node:assert/strict'
import { join } from 'node:path'
import { PRODUCTION, STAGING } from '../support/acme.ts'
import { buildOnce } from '../support/build-once.ts'
import { BOT } from '../support/gitlab.ts'
import { startNode } from '../support/processes.ts'
import { TEST_APP } from '../support/sandbox.ts'
import { SOURCE } from '../support/stage.ts'
import { acrossRegistries, type VersionStage, WAITING } from '../support/version-stage.ts'
import { kustomization } from '../support/world.ts'

const MAIN = join(await buildOnce(), 'dist/cli/main.js')

// A release is a write to a registry and several to forges. The bot may end at each of them.

const RELEASES = { config: WAITING.replace('follow: tag v*', 'follow: tag v*\n    retag: true') }
const PRODUCTION_BRANCH = 'supercargo/web/production'
/** More than a release needs. */
const MOST_WRITES = 20

interface Released {
  version: string
  commit: string
  digest: string
}

async function release(s: VersionStage, version: string): Promise<Released> {
  const commit = await s.push(version)
  const digest = await s.built(commit)
  await s.clone.git('tag', version)
  await s.clone.git('push', '--quiet', 'origin', version)
  return { version, commit, digest }
}

/** Everything once, whatever was begun before. */
async function assertWhole(s: VersionStage, { version, commit, digest }: Released): Promise<void> {
  assert.equal(await s.digestOf(version), digest)
  const open = (await s.changeRequests()).filter(({ state }) => state === 'open')
  assert.deepEqual(open.map(({ branch }) => branch).toSorted(), [PRODUCTION_BRANCH, 'supercargo/web/staging'])
  assert.equal(await s.manifest(PRODUCTION, PRODUCTION_BRANCH), kustomization(version))
  assert.equal(await s.manifest(STAGING, 'supercargo/web/staging'), kustomization(commit.slice(0, 7)))
  assert.ok(
    open.some(({ body }) => body.includes(`\`${digest}\` = \`${commit.slice(0, 7)}\` = \`${version}\``)),
  )
  assert.equal(await s.source.reports(SOURCE, commit, 'latest'), 1, 'one report')
}

acrossRegistries((it, pair) => {
  for (const when of ['before', 'after'] as const) {
    // between two forges there is no other write than on either of them
    const everyWrite = pair.source === pair.target ? it : () => {}
    everyWrite(
      `the bot ends ${when} each write of a release: the next start makes it right, and nothing is done twice`,
      async (s) => {
        const ends: string[] = []
        for (let number = 0; ; number++) {
          assert.ok(number < MOST_WRITES, ends.join(', '))
          const released = await release(s, `v1.0.${number}`)
          const ended = await passUntilWrite(s, number, when)
          await s.rest()
          await assertWhole(s, released)
          const puts = s.front.asked.filter((request) => request === `PUT ${released.version}`)
          const twice = when === 'before' && ended?.startsWith('PUT v') === true
          assert.equal(puts.length, twice ? 2 : 1, 'it is tagged once')
          if (ended === null) break
          ends.push(ended)
          for (const { number: open, state } of await s.changeRequests()) {
            if (state === 'open') await s.person.merge(open)
          }
          await s.rest()
        }
        assert.ok(
          ends.some((write) => write.startsWith('PUT v')),
          ends.join(', '),
        )
        assert.ok(ends.length >= 4, ends.join(', '))
      },
      RELEASES,
    )

    it(
      `kill -9 ${when} the tag is given: the next process makes it right`,
      async (s) => {
        const released = await release(s, 'v2.0.0')
        const first = startCommand(s)
        s.front.moment = async (at, request) => {
          if (at !== when || request !== 'PUT v2.0.0') return
          await first.kill('SIGKILL')
          throw new Error('Nobody hears of it, and before, it never arrives.')
        }
        await first.exited
        assert.equal(first.exitCode(), null, first.lines.join('\n'))
        s.front.moment = null
        assert.equal(await s.digestOf('v2.0.0'), when === 'after' ? released.digest : null)
        assert.deepEqual(await s.states(), [], 'nothing is proposed before the registry has the tag')
        const second = startCommand(s)
        await second.exited
        assert.equal(second.exitCode(), 0, second.lines.join('\n'))
        await assertWhole(s, released)
        await s.rest()
        assert.equal(
          s.front.asked.filter((request) => request === 'PUT v2.0.0').length,
          when === 'after' ? 1 : 2,
        )
      },
      RELEASES,
    )
  }
})

/** One pass of an engine that ends at its write of this number (from 0); which one that was, or null. */
async function passUntilWrite(
  s: VersionStage,
  number: number,
  when: 'before' | 'after',
): Promise<string | null> {
  let writes = 0
  let ended: string | null = null
  const end = (write: string) => {
    ended = write
    throw new Error('The process has ended.')
  }
  const still = () => {
    if (ended !== null) throw new Error('The process has ended before.')
  }
  s.front.moment = async (at, request) => {
    still()
    if (request.startsWith('PUT') && at === when && writes++ === number) end(request)
  }
  const send: typeof fetch = async (input, init) => {
    still()
    const write = writeOf(input, init)
    const isLast = write !== null && writes++ === number
    if (isLast && when === 'before') end(write)
    const answer = await fetch(input, init)
    if (isLast) end(write)
    return answer
  }
  await s
    .engine(send)
    .pass(SOURCE)
    .catch(() => undefined)
  s.front.moment = null
  return ended
}

/** A request to a forge that changes something; null where it is none. */
function writeOf(input: string | URL | Request, init: RequestInit | undefined): string | null {
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  if (pathname.endsWith('/access_tokens')) return null
  if (pathname.endsWith('/graphql'))
    return /"query":\s*"\s*mutation/.test(String(init?.body)) ? 'mutation' : null
  const method = input instanceof Request ? input.method : (init?.method ?? 'GET')
  return method === 'GET' ? null : `${method} ${pathname}`
}

/** The command as a process of its own. */
function startCommand({ source, target, front }: VersionStage) {
  const sides = [source, target]
  const github = sides.find(({ id }) => id === 'github')
  const gitlab = sides.find(({ id }) => id === 'gitlab')
  return startNode([MAIN, 'reconcile', `${source.id}:${SOURCE}`], {
    PATH: process.env.PATH,
    REGISTRIES: 'ours',
    REGISTRY_OURS_HOST: 'ghcr.io',
    REGISTRY_OURS_URL: front.url,
    REGISTRY_OURS_AUTH: 'anonymous',
    REGISTRY_OURS_RETAG: 'acme',
    ...(github === undefined
      ? {}
      : {
          APP_ID: String(TEST_APP.id),
          PRIVATE_KEY: TEST_APP.privateKey,
          GITHUB_API_URL: `${github.origin}/sandbox/github/api/v3`,
        }),
    ...(gitlab === undefined ? {} : { GITLAB_TOKEN: BOT, GITLAB_URL: `${gitlab.origin}/sandbox/gitlab` }),
  })
}
