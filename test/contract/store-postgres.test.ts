import { postgresMode } from '../store/worlds.ts'
import { inboxContract } from './store-inbox.ts'
import { intentsContract } from './store-intents.ts'
import { queueContract } from './store-queue.ts'

inboxContract(postgresMode())
queueContract(postgresMode())
intentsContract(postgresMode())
