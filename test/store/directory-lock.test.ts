import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { lockDirectory } from '../../src/store/embedded/directory-lock.ts'
import { pipeName } from '../../src/store/embedded/pipe-name.ts'
import { startProgram } from '../support/processes.ts'

const root = mkdtempSync(join(tmpdir(), 'sc-lock-'))
after(() => rmSync(root, { recursive: true, force: true }))
let count = 0
function newPath(): string {
  const directory = join(root, String(count++))
  mkdirSync(directory)
  return join(directory, 'store.lock')
}

async function refused(path: string): Promise<SupercargoError> {
  const error = await lockDirectory(path).then(
    () => null,
    (failure: unknown) => failure,
  )
  assert.ok(error instanceof SupercargoError, String(error))
  return error
}

/** A lock whose process was killed: its socket is still there, and nobody listens. */
async function deadLock(path: string): Promise<void> {
  const program = startProgram(new URL('./lock-holder.ts', import.meta.url), path)
  await program.line('locked')
  await program.kill('SIGKILL')
}

test('a locked directory is refused with the process that has it, and free after the release', async () => {
  const path = newPath()
  const lock = await lockDirectory(path)
  const error = await refused(path)
  assert.equal(error.code, 'store-in-use')
  assert.match(error.message, new RegExp(`in use by process ${process.pid} on `))
  assert.match(error.advice ?? '', /DATABASE_URL/)
  await lock.release()
  await (await lockDirectory(path)).release()
  assert.deepEqual(readdirSync(join(path, '..')), [])
})

test('the lock of a process that was killed is taken over', async () => {
  const path = newPath()
  await deadLock(path)
  const lock = await lockDirectory(path)
  await refused(path)
  await lock.release()
})

test('of many that find a dead lock at the same time exactly one gets it', async () => {
  for (let round = 0; round < 5; round++) {
    const path = newPath()
    await deadLock(path)
    const attempts = await Promise.allSettled(Array.from({ length: 12 }, () => lockDirectory(path)))
    const locks = attempts.filter((attempt) => attempt.status === 'fulfilled')
    assert.equal(locks.length, 1)
    await refused(path)
    for (const { value } of locks) await value.release()
  }
})

test('a directory may lie deeper than the path of a socket may be long', async () => {
  const directory = join(root, 'deep', 'x'.repeat(80), 'y'.repeat(80))
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'store.lock')
  const lock = await lockDirectory(path)
  await refused(path)
  await lock.release()
})

test('on Windows a directory has one named pipe, however it is spelled', () => {
  assert.match(pipeName('C:\\data\\store.lock'), /^\\\\\.\\pipe\\supercargo-[0-9a-f]{32}$/)
  assert.equal(pipeName('C:\\data\\store.lock'), pipeName('c:\\Data\\store.lock'))
})
