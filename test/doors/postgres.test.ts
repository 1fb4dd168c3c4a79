import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noPostgres, startPostgres } from '../support/postgres.ts'
import { APP, MAIN, push, start, temporaryDirectory } from './support.ts'

test('two replicas share a PostgreSQL: a delivery that one has stored is known to the other', {
  skip: noPostgres,
}, async (context) => {
  const server = await startPostgres()
  context.after(() => server.remove())
  const url = await server.createDatabase()
  const secret = 'the-password-of-the-database'
  const withPassword = url.replace('postgres@', `postgres:${secret}@`)
  const replicas = await Promise.all(
    [1, 2].map(async () => {
      const environment = { ...APP, SUPERCARGO_DATA: temporaryDirectory(context), DATABASE_URL: withPassword }
      const replica = start(context, [MAIN], environment)
      const [, url = ''] = await replica.printed(/"url":"(http:[^"]+)"/)
      return { ...replica, url }
    }),
  )
  const [first, second] = replicas
  assert.ok(first && second)
  assert.equal((await push(`${first.url}/webhooks/github`, 'one')).status, 202)
  assert.equal((await push(`${second.url}/webhooks/github`, 'one')).status, 200)

  await server.stop('fast')
  assert.equal((await fetch(`${first.url}/readyz`)).status, 503)
  assert.equal((await fetch(`${first.url}/healthz`)).status, 200)
  const refused = await push(`${first.url}/webhooks/github`, 'two')
  assert.equal(refused.status, 503)
  assert.doesNotMatch(await refused.text(), /ECONN|127\.0\.0\.1|postgres/)
  await server.start()

  for (const replica of replicas) {
    replica.child.kill('SIGTERM')
    assert.equal(await replica.ended, 0, replica.output())
    assert.doesNotMatch(replica.output(), new RegExp(secret))
  }
})

test('a database that is not there ends it with 69 and says so', async (context) => {
  const environment = {
    ...APP,
    SUPERCARGO_DATA: temporaryDirectory(context),
    DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c',
  }
  const { ended, output } = start(context, [MAIN], environment)
  assert.equal(await ended, 69)
  assert.match(output(), /database/i)
})
