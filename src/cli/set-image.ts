import { lstatSync } from 'node:fs'
import { isKustomizationPath } from '../edit/formats/kind.ts'
import { setImages } from '../edit/set-images.ts'
import { Command } from './commander.ts'
import { changesOf } from './set-image/changes.ts'
import { REF_GRAMMAR } from './set-image/image-reference.ts'
import { printResult } from './set-image/print-result.ts'
import { readInput } from './set-image/read-input.ts'
import { judge } from './set-image/result.ts'
import { sortArguments } from './set-image/sort-arguments.ts'
import { usageError } from './set-image/usage-error.ts'
import { type BuildOutputs, wantedImages } from './set-image/wanted-images.ts'
import { writeFiles } from './set-image/write-files.ts'
import { EXIT_CODES, type Terminal } from './terminal.ts'

export interface SetImageFlags extends BuildOutputs {
  check?: true
  diff?: true
  dryRun?: true
  json?: true
  app?: string
  policy?: string[]
  add?: string
  stdinPath?: string
}

/** `supercargo set-image [PATH…] IMAGE=REF…`: the manifest editors over local files. Ends with 0, 1 or 2. */
export function setImageCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('set-image')
    .summary('set the version of images in local manifests')
    .usage('[options] [PATH...] IMAGE=REF...')
    .description(
      'Sets the version of images in manifests: files, directories with all that is below them, or - for the standard input, whose result goes to the standard output. Without a PATH, the working directory. Changes nothing but the versions, byte for byte, and writes either all or nothing. Ends with 0 when all images have their version, 1 when one is refused or found nowhere (nothing is written then), or when --check finds something to change, 2 when it could not be done.',
    )
    .argument('[PATH|IMAGE=REF...]', 'where to look, and which images to set to what')
    .option('--diff', 'print the differences, for people or git apply, and write nothing')
    .option('--check', 'write nothing, and end with 1 if something would change')
    .option('--dry-run', 'write nothing')
    .option('--json', 'print the result for a program')
    .option('--from-skaffold <file>', 'set what skaffold build --file-output has written')
    .option('--from-buildx <file>', 'set what docker buildx build or bake --metadata-file has written')
    .option(
      '--add <path>',
      'the kustomization that gets an entry when nothing names an image; by default the PATH, if it is a kustomization',
    )
    .option(
      '--app <name>',
      'the name in "# supercargo: NAME" markers; by default the last part of the image\'s name',
    )
    .option(
      '--policy <namespace:name=image>',
      'the image that a Flux "$imagepolicy" marker means; may be repeated',
      (value: string, all: string[] = []) => [...all, value],
    )
    .option('--stdin-path <path>', 'what the file on the standard input is called, where that matters')
    .addHelpText('after', `\n${REF_GRAMMAR}\n\n${EXAMPLES}`)
    .action((args: string[], flags: SetImageFlags) => end(run(terminal, args, flags)))
}

const EXAMPLES = `Examples
  supercargo set-image ghcr.io/acme/web=v2
  supercargo set-image --diff deploy/ ghcr.io/acme/web:v2 ghcr.io/acme/api:v7
  supercargo set-image --from-buildx metadata.json apps/web
  kustomize build . | supercargo set-image - nginx=1.27 | kubectl apply -f -`

function run(terminal: Terminal, args: string[], flags: SetImageFlags): number {
  const { paths, images } = sortArguments(args, exists)
  const wanted = wantedImages(images, flags)
  const isFilter = paths.includes('-')
  if (flags.add !== undefined && !isFilter && !exists(flags.add))
    throw usageError(`There is no file or directory "${flags.add}" to add to.`)
  if (isFilter && paths.length > 1) throw usageError('The standard input is read alone, without other paths.')
  if (!isFilter && flags.stdinPath !== undefined) {
    throw usageError('--stdin-path says what the standard input is called.', 'Add - to read it.')
  }
  const input = readInput(paths, wanted, flags, terminal.progress)
  terminal.progress('')
  const [only = ''] = isFilter ? [flags.stdinPath] : paths
  const named = paths.length === 1 && isKustomizationPath(only) ? only : null
  const changes = changesOf(wanted, input, named, flags)
  const result = judge(wanted, input, setImages(input.files, changes, input.others))
  const isPreview = Boolean(flags.check || flags.diff || flags.dryRun)
  const isWritten = result.ok && !isPreview
  if (isWritten && !isFilter) writeFiles(input.root, result.edits)
  printResult(terminal, result, { ...flags, isFilter, isWritten })
  return !result.ok || (flags.check && result.edits.length > 0) ? EXIT_CODES.problems : EXIT_CODES.ok
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
