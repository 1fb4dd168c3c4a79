import { embeddedMode } from '../store/worlds.ts'
import { inboxContract } from './store-inbox.ts'
import { intentsContract } from './store-intents.ts'
import { queueContract } from './store-queue.ts'

inboxContract(embeddedMode())
queueContract(embeddedMode())
intentsContract(embeddedMode())
