// Does what the Dockerfile does, without Docker: builds, installs the production dependencies alone in an empty
// directory, starts there, and asks for /healthz. Run: node deploy/check.mjs
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const port = '38473'
const directory = mkdtempSync(join(tmpdir(), 'supercargo-image-'))
let server
try {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
  for (const path of ['package.json', 'package-lock.json', 'dist', 'app.yml', 'LICENSE']) {
    cpSync(path, join(directory, path), { recursive: true })
  }
  const install = ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund']
  execFileSync('npm', install, { cwd: directory, stdio: 'inherit' })
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PORT: port,
    SUPERCARGO_DATA: join(directory, 'data'),
  }
  server = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
    cwd: directory,
    env,
    stdio: 'inherit',
  })
  await answers(`http://127.0.0.1:${port}/healthz`)
  console.log('It runs with its production dependencies alone.')
} finally {
  if (server !== undefined) {
    server.kill('SIGTERM')
    await Promise.race([new Promise((resolve) => server.once('exit', resolve)), sleep(25_000)])
  }
  rmSync(directory, { recursive: true, force: true })
}

async function answers(url) {
  for (let attempt = 0; attempt < 120; attempt++) {
    if (server.exitCode !== null) throw new Error(`It ended with ${server.exitCode}.`)
    const response = await fetch(url).catch(() => null)
    if (response?.ok) return
    await sleep(500)
  }
  throw new Error(`${url} did not answer within a minute.`)
}
