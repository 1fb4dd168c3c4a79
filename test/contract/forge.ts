import { forgeChecksContract } from './forge-checks.ts'
import { forgeFeedbackContract } from './forge-feedback.ts'
import { forgePeopleContract } from './forge-people.ts'
import { forgeProposalsContract } from './forge-proposals.ts'
import { forgeReadingContract } from './forge-reading.ts'
import { forgeStateContract } from './forge-state.ts'
import type { StartForge } from './forge-world.ts'
import { forgeWritingContract } from './forge-writing.ts'

/** What every adapter of `src/forge/forge.ts` must do, against a forge that behaves as the real one. */
export function forgeContract(name: string, start: StartForge): void {
  forgeReadingContract(name, start)
  forgeProposalsContract(name, start)
  forgeChecksContract(name, start)
  forgeWritingContract(name, start)
  forgeFeedbackContract(name, start)
  forgePeopleContract(name, start)
  forgeStateContract(name, start)
}
