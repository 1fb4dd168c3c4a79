import type { Delivery, Handlers, Outcome, PassContext } from '../../src/store/store.ts'

/** What happened to a key, in order. */
export interface Pass {
  key: string
  attempt: number
  at: number
}

/** Handlers that do as they are told, and remember what they saw. */
export interface Scripted extends Handlers {
  passes: Pass[]
  deliveries: Delivery[]
  /** Keys that were worked on by two passes at once. */
  overlaps: string[]
  running: Set<string>
  passesOf(key: string): Pass[]
}

export interface Script {
  reconcile?(key: string, context: PassContext): Promise<Outcome> | Outcome
  delivery?: Handlers['delivery']
  sweep?(): string[] | Promise<string[]>
}

export function scripted(script: Script = {}): Scripted {
  const passes: Pass[] = []
  const deliveries: Delivery[] = []
  const overlaps: string[] = []
  const running = new Set<string>()
  return {
    passes,
    deliveries,
    overlaps,
    running,
    passesOf: (key) => passes.filter((pass) => pass.key === key),
    async delivery(delivery) {
      deliveries.push(delivery)
      if (script.delivery !== undefined) return script.delivery(delivery)
      return { keys: [`github:acme/${delivery.event}`], outcome: `Looks at acme/${delivery.event}.` }
    },
    async reconcile(key, context) {
      if (running.has(key)) overlaps.push(key)
      running.add(key)
      passes.push({ key, attempt: context.attempt, at: Date.now() })
      try {
        return (await script.reconcile?.(key, context)) ?? { kind: 'done' }
      } finally {
        running.delete(key)
      }
    },
    async sweep() {
      return (await script.sweep?.()) ?? []
    },
  }
}

/** A promise, and how to keep it. */
export function gate(): { opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
