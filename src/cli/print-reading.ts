import type { PassResult } from '../compose.ts'
import { printable } from '../domain/printable.ts'
import { repositoryKey } from '../domain/repository.ts'
import type { Standing } from '../plan/action.ts'
import { EXIT_CODES, json, type Terminal } from './terminal.ts'

type NotPlanned = Exclude<PassResult['reading'], { kind: 'planned' }>

/** Says why there is no plan, and gives the exit code for it. */
export function printNotPlanned(terminal: Terminal, reading: NotPlanned, forPrograms: boolean): number {
  const { kind } = reading
  const repository = repositoryKey(kind === 'nothing' ? reading.repository : reading.source.repository)
  if (kind === 'nothing') {
    if (forPrograms) terminal.out(json({ repository, reason: reading.reason }))
    else terminal.err(`${repository}: ${printable(reading.reason.message)}`)
    return EXIT_CODES.unusable
  }
  if (forPrograms) terminal.out(json({ repository, what: reading.what, problems: reading.problems }))
  else {
    for (const { file, line, column, message, advice } of reading.problems) {
      terminal.out(`${printable(file)}:${line}:${column}: ${printable(message)}`)
      if (advice !== null) terminal.out(`    ${printable(advice)}`)
    }
  }
  return EXIT_CODES.problems
}

/** The exit code for what was planned or done. */
export function endOf(standings: readonly Standing[]): number {
  return standings.some(({ state }) => state === 'refused') ? EXIT_CODES.problems : EXIT_CODES.ok
}
