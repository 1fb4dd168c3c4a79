import type { Forge } from '../../src/forge/forge.ts'

/** Just before or after a call to a forge: a moment at which something else may happen. */
export interface Moment {
  when: 'before' | 'after'
  call: keyof Forge
}

/** The same forge, where `hook` is waited for before and after every call. */
export function interpose(forge: Forge, hook: (moment: Moment) => Promise<void>): Forge {
  const entries = Object.entries(forge).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, value]
    const call = name as keyof Forge
    const wrapped = async (...values: unknown[]): Promise<unknown> => {
      await hook({ when: 'before', call })
      const result: unknown = await value(...values)
      await hook({ when: 'after', call })
      return result
    }
    return [name, wrapped]
  })
  return Object.fromEntries(entries) as Forge
}

/** Something that happens once, at the first such moment. */
export function once(moment: Moment, happen: () => Promise<void>): (moment: Moment) => Promise<void> {
  let due = true
  return async ({ when, call }) => {
    if (!due || when !== moment.when || call !== moment.call) return
    due = false
    await happen()
  }
}
