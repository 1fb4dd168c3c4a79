import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'

const written = new WeakMap<Model, Map<string, number>>()

/** Remembers what was just written, for `faults.replicationLagMs`: references and `#<number>`. */
export function trackWrites(model: Model): void {
  const times = new Map<string, number>()
  written.set(model, times)
  model.onEvent((event) => {
    if (model.faults.replicationLagMs === 0) return
    if (event.type === 'refs') {
      for (const { ref } of event.changes) times.set(`${event.repository.id} ${ref}`, Date.now())
    }
    if (event.type === 'pull' && event.action === 'opened') {
      times.set(`${event.repository.id} #${event.pull.number}`, Date.now())
    }
  })
}

/** True while a replica that lags would not know the thing yet. Always false without the fault. */
export function isFresh(model: Model, repository: Repository, key: string): boolean {
  const lag = model.faults.replicationLagMs
  const at = written.get(model)?.get(`${repository.id} ${key}`)
  return lag > 0 && at !== undefined && Date.now() - at < lag
}
