import { createServer } from 'node:http'
import { createNodeMiddleware, createProbot } from 'probot'

// A bot as Probot's documentation shows it: it asks the forge one question in its handler, keeps nothing, and
// answers when the handler has ended.

const { APP_ID, GITHUB_API_URL, PORT, PRIVATE_KEY, WEBHOOK_SECRET = '' } = process.env
const probot = createProbot({
  overrides: {
    appId: APP_ID,
    privateKey: PRIVATE_KEY,
    secret: WEBHOOK_SECRET,
    baseUrl: GITHUB_API_URL,
    logLevel: 'fatal',
  },
})
const bot = (app) => {
  app.on('push', async () => {
    await (await fetch(`${GITHUB_API_URL}/meta`)).arrayBuffer()
  })
}
const middleware = await createNodeMiddleware(bot, { probot, webhooksPath: '/webhooks/github' })
createServer(async (request, response) => {
  if (request.url === '/healthz') response.writeHead(200).end()
  else await middleware(request, response)
}).listen(Number(PORT), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
