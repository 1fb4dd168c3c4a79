import { postgresMode } from '../store/worlds.ts'
import { queueContract } from './store-queue.ts'

queueContract(postgresMode())
