// The sandbox forge in a process of its own, as GitHub is: it stays when the bot is killed.
import { createSandbox, listen } from '../../src/sandbox/index.ts'

/** What the program is told, as JSON in its first argument. */
export interface SandboxArgument {
  dataDir: string
  token: string
  app: { id: number; slug: string; clientId: string; key: string }
  /** Where the bot is reached. */
  webhook: { url: string; secret: string }
}

const argument = JSON.parse(process.argv[2] ?? '{}') as SandboxArgument
const sandbox = await createSandbox({ ...argument, log: (error) => console.error('failed', error) })
const { url } = await listen(sandbox)
process.stdout.write(`url ${url}\n`)
process.once('SIGTERM', () => process.exit(0))
