import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 wait longer before it optimises a function: a command ends before that pays, and editing thousands of
 * files takes about half of the CPU time. Work that lasts is optimised all the same. Only where the flag is known
 * to exist: V8 complains about one that does not.
 */
export function preferShortRuns(): void {
  if (/^2[0-2]\./.test(process.versions.node)) setFlagsFromString('--interrupt-budget=2000000')
}
