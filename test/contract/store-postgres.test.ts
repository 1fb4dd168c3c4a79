import { postgresMode } from '../store/worlds.ts'
import { inboxContract } from './store-inbox.ts'
import { queueContract } from './store-queue.ts'

inboxContract(postgresMode())
queueContract(postgresMode())
