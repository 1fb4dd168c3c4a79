import { tooLarge } from '../config/document.ts'
import type { Policy, Problem, Read, SourceConfig } from '../config/model.ts'
import { readPolicy } from '../config/policy.ts'
import { readSourceConfig } from '../config/source.ts'
import { configPaths, POLICY_PATH } from '../domain/names.ts'
import type { ForgeId } from '../domain/repository.ts'
import type { Vocabulary } from '../domain/vocabulary.ts'
import type { Proposal, RepositorySnapshot } from '../forge/forge.ts'
import type { Action } from './action.ts'
import { proposalReport, type Verdict } from './explain/proposal.ts'
import { tell } from './tell.ts'

/**
 * The reports on the heads of pull requests that change configuration or policy: it is validated as it would be on the default
 * branch, and nothing else is done with it (requirement 12). On a head of two pull requests the one with the newest
 * changes is told of.
 * @param forges those that there are
 */
export function proposalReports(
  source: RepositorySnapshot,
  words: Vocabulary,
  forges: readonly ForgeId[],
): Action[] {
  if (source.archived) return []
  const heads = source.proposals.map(({ head }) => head)
  const firsts = source.proposals.filter(({ head }, index) => heads.indexOf(head) === index)
  return firsts.map((proposal) => {
    const verdicts = [policyVerdict(source, proposal), configVerdict(source, proposal, words, forges)]
    const report = proposalReport(
      verdicts.filter((verdict) => verdict !== null),
      source.defaultBranch,
      words,
    )
    const { number, branch, head: commit } = proposal
    return {
      kind: 'report',
      repository: source.repository,
      target: null,
      reason: tell(`${report.title} (${words.changeRequest} ${words.mark}${number})`),
      wish: { ...report, id: null, commit, branch },
    }
  })
}

function policyVerdict({ repository }: RepositorySnapshot, proposal: Proposal): Verdict | null {
  const text = proposal.files[POLICY_PATH]
  if (text === undefined) return null
  if (proposal.tooLarge.includes(POLICY_PATH)) return broken('policy', [tooLarge(POLICY_PATH)])
  if (text === null) return { what: 'policy', kind: 'none' }
  return verdictOf('policy', readPolicy(POLICY_PATH, text, repository))
}

/** The first of the files that there would be counts. */
function configVerdict(
  { repository, files }: RepositorySnapshot,
  proposal: Proposal,
  words: Vocabulary,
  forges: readonly ForgeId[],
): Verdict | null {
  const what = 'configuration'
  const paths = configPaths(words.directory)
  const changed = paths.find((path) => proposal.files[path] !== undefined)
  if (changed === undefined) return null
  const after = { ...files, ...proposal.files }
  const file = paths.find((path) => typeof after[path] === 'string' || proposal.tooLarge.includes(path))
  if (file === undefined) return { what, kind: 'none' }
  if (proposal.tooLarge.includes(file)) return broken(what, [tooLarge(file)])
  if (proposal.files[file] === undefined && paths.indexOf(file) < paths.indexOf(changed))
    return { what, kind: 'unread', file: changed, before: file }
  return verdictOf(what, readSourceConfig(file, after[file] ?? '', repository, forges))
}

function verdictOf(what: Verdict['what'], read: Read<SourceConfig | Policy>): Verdict {
  return read.ok ? { what, kind: 'valid', value: read.value } : broken(what, read.problems)
}

function broken(what: Verdict['what'], problems: Problem[]): Verdict {
  return { what, kind: 'broken', problems }
}
