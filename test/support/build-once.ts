import { cpSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { madeOnce } from './made-once.ts'

/**
 * A directory with the program in `dist`, as it is deployed: it starts three times as fast as from its sources, and
 * nobody edits it meanwhile. Types are not checked.
 */
export async function buildOnce(): Promise<string> {
  return await madeOnce('build', ['package-lock.json', 'package.json', 'src'], async (directory) => {
    const outdir = join(directory, 'dist')
    const { outputFiles } = await build({
      entryPoints: ['src/**/*.ts'],
      outdir,
      outbase: 'src',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      write: false,
    })
    for (const { path, text } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text.replace(IMPORTED, '$1.js"'))
    }
    const isOther = (path: string) => statSync(path).isDirectory() || /\.(sql|css)$/.test(path)
    cpSync('src', outdir, { recursive: true, filter: isOther })
    cpSync('package.json', join(directory, 'package.json'))
    symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
  })
}

/** A file of the same program, as esbuild writes its name. */
const IMPORTED = /("\.{1,2}\/[^"\n]*)\.ts"/g
