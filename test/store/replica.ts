// One process with a store: works, and offers deliveries to itself when it is told to. Prints what it does.
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { openStore } from '../../src/store/open.ts'

export interface ReplicaArgument {
  name: string
  dataDir: string
  databaseUrl?: string
  /** What one pass takes. */
  passMs: number
  /** Deliveries a second that it offers to itself. */
  perSecond: number
}

const argument = JSON.parse(process.argv[2] ?? '{}') as ReplicaArgument
const { name, dataDir, databaseUrl, passMs, perSecond } = argument
const print = (text: string): void => void process.stdout.write(`${text}\n`)

const log = pino({ level: 'warn' })
const store = await openStore({ dataDir, databaseUrl, log }).catch((error: Error) => {
  print(`refused ${error.message}`)
  process.exit(3)
})
const worker = await store.work(
  {
    delivery: ({ id }) => ({ keys: [`key-${Number(id.split('-').at(-1)) % 10}`], outcome: `Read ${id}.` }),
    async reconcile(key) {
      print(`start ${key}`)
      await sleep(passMs)
      print(`end ${key}`)
      return { kind: 'done' }
    },
    sweep: async () => {
      print('sweep')
      return []
    },
  },
  { concurrency: 4, sweepSeconds: 3600 },
)
process.once('SIGTERM', async () => {
  await worker.stop(10_000)
  await store.close()
  print('stopped')
  process.exit(0)
})
print('ready')
for (let number = 0; perSecond > 0; number++) {
  const id = `${name}-${process.pid}-${number}`
  void store.acceptDelivery({ source: 'test', id, event: 'push', payload: { number } }).then(
    () => print(`accepted ${id}`),
    (error: Error) => print(`failed ${id} ${error.message}`),
  )
  await sleep(1000 / perSecond)
}
