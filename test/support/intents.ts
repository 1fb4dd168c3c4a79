import type {
  Intent,
  IntentWish,
  JournalEntry,
  LabelIntent,
  LabelWish,
  Store,
} from '../../src/store/store.ts'

type IntentStore = Pick<Store, 'openIntents' | 'countIntents' | 'finishIntent' | 'enqueue'>

/** The part of a store that commands need, in memory, with what was written into it. */
export interface HeldIntents extends IntentStore {
  entries: JournalEntry[]
  enqueued: string[]
  /** Accepts a wish, at this time. */
  accept(wish: IntentWish | LabelWish, at?: Date): void
}

export function holdIntents(): HeldIntents {
  const all: ((Intent | LabelIntent) & { done: boolean })[] = []
  const entries: JournalEntry[] = []
  const enqueued: string[] = []
  return {
    entries,
    enqueued,
    accept(wish, acceptedAt = new Date()) {
      if (wish.comment !== null && all.some(({ comment }) => comment === wish.comment)) return
      all.push({ ...wish, id: String(all.length), acceptedAt, done: false })
    },
    openIntents: async (repository, number) =>
      all.filter((each) => each.repository === repository && each.number === number && !each.done),
    countIntents: async ({ id, login }) => {
      const before = all.filter((each) => Number(each.id) <= Number(id))
      return { person: before.filter((each) => each.login === login).length, repository: before.length }
    },
    finishIntent: async ({ id }, entry) => {
      const found = all[Number(id)]
      if (found === undefined || found.done) return
      found.done = true
      entries.push(entry)
    },
    enqueue: async (keys) => void enqueued.push(...keys),
  }
}
