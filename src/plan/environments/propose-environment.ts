import type { Decision } from '../../config/consent.ts'
import type { App, Environment } from '../../config/model.ts'
import { repositoryKey } from '../../domain/repository.ts'
import type { Version } from '../../domain/version.ts'
import type { Vocabulary } from '../../domain/vocabulary.ts'
import type { Reason } from '../action.ts'
import type { Proposal } from '../change-requests/proposal.ts'
import { explainEnvironment } from '../explain/environment.ts'
import type { ImageStory } from '../explain/images.ts'
import type { Candidate } from '../versions/candidate.ts'
import type { Relation } from '../versions/lineage.ts'
import type { VersionNames } from '../versions/pin.ts'
import type { World } from '../world.ts'
import type { Edited } from './edit-environment.ts'
import type { Wish } from './wish.ts'

/** What is known of an environment and its candidate when a change is proposed. */
export interface Findings {
  candidate: Extract<Candidate, { state: 'found' }>
  version: Version
  names: VersionNames
  images: ImageStory[]
  sameTag: Reason | null
  edit: Edited
  relation: Relation
  /** Whose wish it is; null: it is what the rule says. */
  wish: Wish | null
  /** Commits are taken back, and not brought. */
  takesBack: boolean
  decision: Extract<Decision, { allowed: true }>
  target: string
  words: Vocabulary
  heldBack: Reason | null
  branch: Pick<Proposal, 'branch' | 'consented' | 'others'>
}

/** The change that brings an environment to its candidate, with its texts. */
export function propose(world: World, app: App, environment: Environment, findings: Findings): Proposal {
  const { candidate, version, names, edit, relation, wish, takesBack, decision, target, words, branch } =
    findings
  const { from, to } = names
  const { why } = candidate
  const backward = `${from} is newer than ${to}, and an environment never moves backwards by itself.`
  return {
    target,
    ...branch,
    words,
    block: {
      source: repositoryKey(world.source.repository),
      sourceId: world.source.id,
      app: app.name,
      target: environment.name,
      version: names.key,
      commit: version.commit,
      ...(wish === null ? {} : { asked: wish.said.at }),
    },
    ...(decision.reviewers === undefined ? {} : { reviewers: decision.reviewers }),
    from,
    to,
    waiting: candidate.waiting,
    changes: edit.edits.map(({ path, after }) => ({ path, content: after })),
    edits: edit.edits,
    reason: findings.sameTag ?? reason(codeOf(findings), `${why}.`),
    withdrawn: relation.kind === 'backward' ? reason('never-backwards', backward) : null,
    heldBack: findings.heldBack,
    merge: decision.merge === 'direct' ? 'review' : decision.merge,
    ...explainEnvironment({
      world,
      app,
      environment,
      version,
      names,
      why,
      sameTag: findings.sameTag,
      images: findings.images,
      relation,
      asked: wish,
      takesBack,
      decision,
      edit,
    }),
  }
}

function codeOf({ names, wish }: Findings): string {
  if (wish !== null) return wish.kind === 'pin' ? 'rolled-back' : 'promoted'
  return names.from === null ? 'first-version' : 'newer-version'
}

function reason(code: string, message: string): Reason {
  return { code, message }
}
