import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CONFIG_PATHS, POLICY_PATH } from '../domain/names.ts'

/** What a file configures: an application repository, or a manifest repository's policy. */
export type FileKind = 'configuration' | 'policy'

const MAX_READ = 4 * 1024 * 1024

/** Tells a file's kind by its name; null when the name says nothing. */
export function kindOf(file: string): FileKind | null {
  const name = basename(file).toLowerCase()
  if (/^policy\.ya?ml$/.test(name)) return 'policy'
  return /^\.?supercargo\.ya?ml$/.test(name) ? 'configuration' : null
}

/** The files that the bot would read in this directory. */
export function defaultFiles(directory: string): string[] {
  const config = CONFIG_PATHS.find((path) => existsSync(join(directory, path)))
  return [config, POLICY_PATH].filter(
    (path) => path !== undefined && existsSync(join(directory, path)),
  ) as string[]
}

/**
 * The text of a file, or of the standard input for `-`; of a huge one only the beginning, which is already too
 * large for a configuration.
 * @throws an Error of Node when it cannot be read, a TypeError when it is not UTF-8
 */
export function readText(file: string): string {
  const bytes = file === '-' ? readFileSync(0) : readBeginning(file)
  return new TextDecoder('utf-8', { fatal: bytes.length < MAX_READ, ignoreBOM: true }).decode(bytes)
}

/** The name of the directory that holds the repository of a configuration file. */
export function repositoryDirectory(file: string): string {
  const directory = dirname(resolve(file))
  return basename(
    /^\.(?:github|gitlab|supercargo)$/.test(basename(directory)) ? dirname(directory) : directory,
  )
}

function readBeginning(file: string): Buffer {
  const descriptor = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(MAX_READ)
    let length = 0
    for (let read = -1; read !== 0 && length < MAX_READ; length += read)
      read = readSync(descriptor, buffer, length, MAX_READ - length, null)
    return buffer.subarray(0, length)
  } finally {
    closeSync(descriptor)
  }
}
