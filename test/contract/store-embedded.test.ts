import { embeddedMode } from '../store/worlds.ts'
import { queueContract } from './store-queue.ts'

queueContract(embeddedMode())
