import { openPull } from '../../src/sandbox/model/pulls.ts'
import { ensureAccount, forkRepository } from '../../src/sandbox/model/repositories.ts'
import { commitFiles } from './sandbox.ts'
import type { Stage } from './stage.ts'

/** A request from the branch `main` of somebody's fork of the application. */
export interface Fork {
  number: number
  head: string
  /** Pushes another commit, which changes one file; returns it. */
  push(text: string, path?: string): Promise<string>
}

export async function openFork({ source, web }: Stage): Promise<Fork> {
  const { inside } = source
  const account = ensureAccount(inside.model, 'mallory')
  const fork = await forkRepository(inside.model, web, account.login)
  const push: Fork['push'] = (text, path = 'fork.txt') => commitFiles(inside, fork, 'main', { [path]: text })
  const head = await push('1')
  const wish = { title: 'From a fork', body: null, head: `${account.login}:main`, base: 'main' }
  const { number } = await openPull(inside.model, web, { kind: 'person', account }, wish)
  return { number, head, push }
}
