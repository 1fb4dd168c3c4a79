import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { PGlite } from '@electric-sql/pglite'

// What one would write first: every delivery is a row, written by itself in an embedded PostgreSQL as it comes
// out of the box, and then answered. Nobody works on the rows.

const { PORT, SUPERCARGO_DATA = '.', WEBHOOK_SECRET = '' } = process.env
const database = await PGlite.create(join(SUPERCARGO_DATA, 'alternative'))
await database.exec('create table deliveries (id text primary key, event text, payload jsonb)')

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return response.writeHead(200).end()
  const body = await buffer(request)
  const right = `sha256=${createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex')}`
  const given = String(request.headers['x-hub-signature-256'])
  if (given.length !== right.length || !timingSafeEqual(Buffer.from(given), Buffer.from(right)))
    return response.writeHead(401).end()
  const { 'x-github-delivery': id, 'x-github-event': event } = request.headers
  await database.query('insert into deliveries values ($1, $2, $3) on conflict do nothing', [
    id,
    event,
    body.toString(),
  ])
  response.writeHead(202).end()
})
server.listen(Number(PORT), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
