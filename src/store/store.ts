/**
 * The port to the one database: inbox, queue, timers and a journal. Git is the truth; everything in here can
 * be dropped and is found again by the sweep.
 */
export interface Store {
  /**
   * Writes the delivery and its job in one transaction; when the promise resolves it is durable.
   * `duplicate`: a delivery of this source with this id is already there, and nothing was done.
   */
  acceptDelivery(delivery: Delivery): Promise<'accepted' | 'duplicate'>
  /** Queues keys, each at most once while it waits; a sooner time wins over a later one. */
  enqueue(keys: readonly string[], when?: { at?: Date }): Promise<void>
  /** Starts working; one worker per process. */
  work(handlers: Handlers, options: WorkOptions): Promise<Worker>
  /** Which application repositories feed a manifest repository, as the last passes saw it. Both are keys. */
  recordFeeds(source: string, manifests: readonly string[]): Promise<void>
  feedsOf(manifests: string): Promise<string[]>
  /** The same only added, and to what is there already nothing. @returns the sources that are new */
  addFeeds(manifests: string, sources: readonly string[]): Promise<string[]>
  /** What the last pass over a source left behind. */
  remembered(source: string): Promise<Remembered>
  /** Of those who feed a repository, the sources that are not among these. */
  sourcesBesides(keys: readonly string[]): Promise<string[]>
  /**
   * Remembers all that a key waits for now, and forgets what it does not wait for any more.
   * @returns since when, by what is waited for; `now` where it is new
   */
  waitingSince(key: string, waits: readonly string[], now: Date): Promise<Record<string, Date>>
  /**
   * What `recordFeeds` has recorded of these sources that begins with one of the prefixes, each once; `seen`: there is
   * a mark of it.
   */
  watchesOf(
    sources: readonly string[],
    prefixes: readonly string[],
  ): Promise<{ key: string; seen: boolean }[]>
  /** What a sweep has seen at a glance, by key; of other keys the last mark stays. */
  recordGlances(marks: ReadonlyMap<string, string>): Promise<void>
  /** Forgets the marks, and the quiet, of all other keys. */
  keepGlances(keys: readonly string[]): Promise<void>
  /** What was seen of a key and all that feeds it; null where not all of it can be seen at a glance. */
  marksOf(key: string): Promise<string | null>
  /** A visit left nothing to wait for; `marks` are from before it. Null: it did leave something. */
  recordQuiet(key: string, marks: string | null): Promise<void>
  /** Of these, all but those that were quiet within the last day and have not changed since, as far as was seen. */
  dueKeys(keys: readonly string[]): Promise<string[]>
  /** Intents of this pull request without an outcome, the oldest first. */
  openIntents(repository: string, number: number): Promise<(Intent | LabelIntent)[]>
  countIntents(intent: Intent | LabelIntent, seconds: number): Promise<IntentCounts>
  /** Writes the outcome and the entry, both or none; an intent that has an outcome keeps it, and nothing is written. */
  finishIntent(intent: Intent | LabelIntent, entry: JournalEntry): Promise<void>
  /** Appends to the journal, which is never changed. */
  journal(entry: JournalEntry): Promise<void>
  readJournal(query: JournalQuery): Promise<JournalRow[]>
  /** Newest first. */
  listDeliveries(limit: number): Promise<DeliveryRow[]>
  /** Jobs that will not be tried again by themselves. */
  listDeadLetters(): Promise<DeadLetter[]>
  retryDeadLetter(id: string): Promise<boolean>
  /** Throws when the database does not answer within 2 s. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** What is known of a key from its passes before. */
export interface Remembered {
  /** What `recordFeeds` has recorded of it. */
  feeds: string[]
  /** What it waits for, and since when: see `waitingSince`. */
  waits: Record<string, Date>
}

/** One webhook request as it arrived, after its signature was verified. */
export interface Delivery {
  /** `github`, `gitlab`, …: the source whose secret verified it. */
  source: string
  /** The source's stable id (`X-GitHub-Delivery`). */
  id: string
  /** `push`, `pull_request`, … */
  event: string
  /** The body, parsed. */
  payload: unknown
}

export interface DeliveryRow {
  source: string
  id: string
  event: string
  receivedAt: Date
  /** Null while it waits. A whole sentence: every delivery ends in a visible outcome. */
  outcome: string | null
}

export interface Handlers {
  /** What a delivery means; the keys are queued and the outcome is written in one transaction. */
  delivery(delivery: Delivery): DeliveryMeaning | Promise<DeliveryMeaning>
  /** One pass over one key; never two at once for one key, on any replica. */
  reconcile(key: string, context: PassContext): Promise<Outcome>
  /** The periodic visit of everything: returns the keys to queue. */
  sweep(): Promise<string[]>
}

export interface DeliveryMeaning {
  keys: string[]
  /** Images to look at wherever they are used: normalised names. */
  images?: string[]
  /** Comments with commands, and labels, each written down once in the same transaction. */
  intents?: (IntentWish | LabelWish)[]
  /** A whole sentence, such as `Looks at acme/web.` or `Not wanted: the event is about a comment.` */
  outcome: string
}

/** A comment that holds commands. What they are is read from the comment itself, once it is their turn. */
export interface IntentWish {
  /** Key of the repository. */
  repository: string
  /** Of the pull request. */
  number: number
  /** The forge's own number of the comment, which makes the intent one. */
  comment: number
  login: string
  /** Of its text when it was written: `commentHash`. */
  hash: string
}

/** Labels that a person gave to the pull request of a fork. Whether one means anything is found out at its turn. */
export interface LabelWish extends Pick<IntentWish, 'repository' | 'number' | 'login'> {
  comment: null
  /** At least one. */
  labels: string[]
  /** Of the pull request when they were given. */
  head: string
  /** Id of the delivery that told of it, which makes the intent one. */
  delivery: string
}

interface Accepted {
  /** Of this store, ascending. */
  id: string
  acceptedAt: Date
}

/** A wish that was accepted and has no outcome yet. */
export interface Intent extends IntentWish, Accepted {}

export interface LabelIntent extends LabelWish, Accepted {}

/** How many comments with commands came within a time, up to and with a certain one. */
export interface IntentCounts {
  /** Of its author in its repository. */
  person: number
  /** Of everybody in its repository. */
  repository: number
}

export interface PassContext {
  /** From 1. */
  attempt: number
  /** Aborted when the process must stop before the pass has ended. */
  signal: AbortSignal
}

/**
 * A handler that throws is retried with back-off and jitter by the error's kind: `transient` (after 5 s at
 * first, at most 10 min, not before `retryAt`, for about a day and a half), `conflict` (within half a second),
 * `bug` (five times in a few minutes); `permanent` goes to the dead letters at once. News about a key in
 * back-off runs it now, but not before `retryAt`; news about a dead key revives it; the sweep leaves it dead.
 */
export type Outcome = { kind: 'done' } | { kind: 'wait'; until: Date; reason: string }

export interface WorkOptions {
  /** Keys worked on at the same time. */
  concurrency: number
  /** Seconds between sweeps, by cron; the first one runs at the start. */
  sweepSeconds: number
}

export interface Worker {
  /** False once it has stopped for whatever reason. */
  running(): boolean
  /** No new work; waits for what runs, at most `milliseconds`, then aborts and releases it. */
  stop(milliseconds: number): Promise<void>
}

export interface JournalEntry {
  key: string
  /** `open-change-request`, `merged`, `refused`, `failed`, … */
  action: string
  /** Reason code. */
  code: string
  /** One whole sentence. */
  message: string
  /** `web/staging`, where there is one. */
  target?: string
  url?: string
}

export interface JournalRow extends JournalEntry {
  at: Date
}

export interface JournalQuery {
  key?: string
  limit: number
}

export interface DeadLetter {
  id: string
  /** The repository's key, or `source:delivery id`. */
  key: string
  attempts: number
  lastError: string
  lastAt: Date
}
