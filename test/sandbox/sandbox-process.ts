// A sandbox in a process of its own, to be killed: `sandbox-process.ts <data directory> <webhook url>`.
import { createSandbox, listen } from '../../src/sandbox/index.ts'
import { install } from '../../src/sandbox/model/installations.ts'
import { createRepository } from '../../src/sandbox/model/repositories.ts'

const [dataDir = '', webhookUrl = ''] = process.argv.slice(2)
const sandbox = await createSandbox({
  dataDir,
  token: 'sandbox-person-token',
  app: { id: 1, slug: 'supercargo', key: null },
  webhook: { url: webhookUrl, secret: 'a secret of the tests, long enough for all' },
})
if (sandbox.model.tables.repositories.by('acme/web').length === 0) {
  await createRepository(sandbox.model, { owner: 'acme', name: 'web' })
  install(sandbox.model, 'acme')
}
const { url } = await listen(sandbox)
process.stdout.write(`${url}\n`)
