import { setTimeout as sleep } from 'node:timers/promises'
import type { RemoteSandbox } from '../support/remote-sandbox.ts'
import type { FleetApp } from './kill-fleet.ts'

/** Somebody who works on one application with the real git client: one thing after the other. */
export interface Developer {
  app: FleetApp
  /** Waits for what is still being done, and then pushes something. */
  push(): Promise<void>
  close(): Promise<void>
}

/** Numbers from 0 to 1 that can be had again: https://en.wikipedia.org/wiki/Linear_congruential_generator */
export type Random = () => number

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export async function startDeveloper(
  forge: RemoteSandbox,
  app: FleetApp,
  random: Random,
): Promise<Developer> {
  const clone = await forge.clone(app.path)
  const open = new Map<number, string>()
  let count = 0
  let turn: Promise<void> = Promise.resolve()

  async function pushMain(): Promise<void> {
    await clone.git('switch', '--quiet', 'main')
    await clone.git('pull', '--quiet', '--rebase')
    await clone.commit({ 'app.txt': `${count}\n` }, `Change ${count} of ${app.name}`)
    await clone.push()
  }

  async function pushTag(): Promise<void> {
    await pushMain()
    await clone.git('tag', `v0.${count}.0`)
    await clone.push('origin', `v0.${count}.0`)
  }

  async function pushBranch(): Promise<void> {
    const branch = `feature/${count}`
    await clone.git('switch', '--quiet', '-c', branch, 'origin/main')
    await clone.commit({ [`feature-${count}.txt`]: '1\n' }, `Feature ${count}`)
    await clone.push()
    open.set(await forge.open(app.path, branch, `Feature ${count}`), branch)
  }

  async function pushToPullRequest(branch: string): Promise<void> {
    await clone.git('switch', '--quiet', branch)
    await clone.commit({ [`more-${count}.txt`]: '1\n' }, `More of ${branch}`)
    await clone.push()
  }

  /** In one of the three ways in which pull and merge requests end. */
  async function end(number: number, branch: string): Promise<void> {
    const way = Math.floor(random() * 3)
    if (way === 0) await forge.closeRequest(app.path, number)
    else if (way === 1) await clone.push('origin', `:${branch}`)
    else await forge.merge(app.path, number)
    open.delete(number)
  }

  async function act(): Promise<void> {
    count++
    if (app.tags && count % 4 === 0) return await pushTag()
    if (!app.previews) return await pushMain()
    const any = [...open][Math.floor(random() * open.size)]
    const choice = random()
    if (any !== undefined && choice < 0.3) return await pushToPullRequest(any[1])
    if (any !== undefined && choice < 0.5) await end(...any)
    return choice < 0.75 ? await pushBranch() : await pushMain()
  }

  return {
    app,
    push: () => {
      turn = turn.then(act)
      return turn
    },
    close: () => clone.remove(),
  }
}

/** So many pushes of all developers at random times within so many milliseconds. */
export async function storm(
  developers: readonly Developer[],
  pushes: number,
  milliseconds: number,
  random: Random,
): Promise<void> {
  const each = Array.from({ length: pushes }, async () => {
    const developer = developers[Math.floor(random() * developers.length)]
    await sleep(random() * milliseconds)
    await developer?.push()
  })
  await Promise.all(each)
}
