import type { Repository } from '../../src/sandbox/model/types.ts'
import { makeAcme } from './acme.ts'
import { startBot, type TestBot } from './bot.ts'
import type { GitClone } from './git-clone.ts'
import { fileText, headOf, startSandbox, type TestSandbox } from './sandbox.ts'

export const BRANCH = 'supercargo/web/staging'

/** A sandbox with an application and its manifests, the engine on it, and a person's clone of the application. */
export interface Scene {
  forge: TestSandbox
  bot: TestBot
  web: Repository
  manifests: Repository
  clone: GitClone
  /** Commits on the clone's branch and pushes it; returns the commit. */
  push(message?: string, files?: Record<string, string | null>): Promise<string>
  /** Pull requests of the manifest repository, oldest first, as the REST API shows them. */
  changeRequests(): Promise<ChangeRequestView[]>
  /** Text of a file of the manifest repository. */
  manifest(path: string, revision?: string): Promise<string | null>
  headOf(repository: Repository, branch: string): Promise<string | null>
}

export interface ChangeRequestView {
  number: number
  state: 'open' | 'closed'
  merged_at: string | null
  title: string
  body: string
  head: { ref: string; sha: string }
  base: { ref: string }
}

/** Runs `play` on a fresh scene and tears it down, whatever happens. */
export async function scene(
  play: (scene: Scene) => Promise<void>,
  change: Parameters<typeof makeAcme>[1] = {},
): Promise<void> {
  const forge = await startSandbox()
  try {
    const { web, manifests } = await makeAcme(forge, change)
    const clone = await forge.clone('acme/web')
    await play({
      forge,
      bot: startBot(forge),
      web,
      manifests,
      clone,
      push: async (message = 'A change', files = { 'app.txt': message }) => {
        const oid = await clone.commit(files, message)
        await clone.push()
        return oid
      },
      changeRequests: async () => {
        const { body } = await forge.rest('GET', '/repos/acme/k8s-manifests/pulls?state=all&direction=asc')
        return body
      },
      manifest: (path, revision = 'main') => fileText(forge, manifests, revision, path),
      headOf: (repository, branch) => headOf(forge, repository, branch),
    })
  } finally {
    await forge.close()
  }
}

/** The tag that the default template gives a commit. */
export function tagOf(oid: string): string {
  return oid.slice(0, 7)
}
