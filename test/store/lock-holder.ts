// Locks a path and holds it until it is killed.
import { lockDirectory } from '../../src/store/embedded/directory-lock.ts'

await lockDirectory(JSON.parse(process.argv[2] ?? '""') as string)
process.stdout.write('locked\n')
setInterval(() => undefined, 1000)
