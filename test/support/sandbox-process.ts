// The sandbox forge in a process of its own, as a real one is: it stays when the bot is killed.
import { createGitLabSandbox, createSandbox, listen } from '../../src/sandbox/index.ts'

/** What the program is told, as JSON in its first argument. */
export type SandboxArgument = { dataDir: string; token: string } & (
  | {
      forge: 'github'
      app: { id: number; slug: string; clientId: string; key: string }
      /** Where the bot is reached. */
      webhook: { url: string; secret: string }
    }
  | {
      forge: 'gitlab'
      bot: { token: string }
      hook: { url: string; signingToken: string }
      /** Groups that have the hook. */
      owners: readonly string[]
    }
)

const argument = JSON.parse(process.argv[2] ?? '{}') as SandboxArgument
const log = (error: unknown) => console.error('failed', error)
const sandbox =
  argument.forge === 'github'
    ? await createSandbox({ ...argument, log })
    : await createGitLabSandbox({ ...argument, log })
const { url } = await listen(sandbox)
if (argument.forge === 'gitlab') {
  const { hook, owners } = argument
  for (const owner of owners) if ('addMember' in sandbox) sandbox.setWebhook(owner, hook)
}
process.stdout.write(`url ${url}\n`)
process.once('SIGTERM', () => process.exit(0))
