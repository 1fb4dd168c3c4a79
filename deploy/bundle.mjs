// Makes one file each of what has to start fast and of what needs a large library for one command: called by
// `npm run build`, on what tsc has written to dist/.
import { build } from 'esbuild'

/** What all files must have the same of: `instanceof` tells errors. */
const ONCE = ['./dist/cli/commander.js', './dist/domain/errors.js']

/** The commands that are loaded when they are called stay files of their own, but for the one that has to be fast. */
const apart = {
  name: 'apart',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === 'dynamic-import' && path !== './set-image.js' ? { path, external: true } : null,
    )
  },
}

async function bundle(file, plugins = []) {
  await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ONCE,
    banner: {
      js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
    },
    logLevel: 'error',
    plugins,
  })
}

await bundle('dist/cli/commander.js')
await bundle('dist/cli/main.js', [apart])
await bundle('dist/cli/previews/cluster.js')
