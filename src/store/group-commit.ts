import { setTimeout as sleep } from 'node:timers/promises'
import { isPassing } from './transient.ts'

interface Waiting<Item, Result> {
  item: Item
  weight: number
  resolve(result: Result): void
  reject(error: unknown): void
}

export interface GroupLimits<Item> {
  /** How long a group that is not full waits for more, in milliseconds. */
  gatherMs: number
  count: number
  weight: number
  weigh(item: Item): number
}

/**
 * Writes what arrives at the same time together: while one group is being written, the next one gathers. Each
 * caller's promise settles after its group was written. When a group cannot be written, its items are written
 * one by one, so that one bad item does not fail its neighbours.
 * @param write one result for each item, in their order
 */
export function groupCommit<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  limits: GroupLimits<Item>,
): (item: Item) => Promise<Result> {
  const queue: Waiting<Item, Result>[] = []
  let busy = false

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      if (queue.length < limits.count) await sleep(limits.gatherMs)
      await writeGroup(write, cut(queue, limits))
    }
    busy = false
  }
  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, weight: limits.weigh(item), resolve, reject })
      if (busy) return
      busy = true
      void drain()
    })
}

function cut<Item, Result>(
  queue: Waiting<Item, Result>[],
  limits: GroupLimits<Item>,
): Waiting<Item, Result>[] {
  let weight = 0
  let count = 0
  for (const waiting of queue) {
    weight += waiting.weight
    if (count > 0 && (count >= limits.count || weight > limits.weight)) break
    count++
  }
  return queue.splice(0, count)
}

async function writeGroup<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  group: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await write(group.map(({ item }) => item))
    for (const [index, waiting] of group.entries()) waiting.resolve(results[index] as Result)
  } catch (error) {
    if (group.length > 1 && !isPassing(error)) {
      for (const waiting of group) await writeGroup(write, [waiting])
    } else for (const waiting of group) waiting.reject(error)
  }
}
