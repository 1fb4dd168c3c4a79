import type { RepositoryId } from '../../domain/repository.ts'
import { GITHUB_WORDS } from '../../domain/vocabulary.ts'
import type { Forge } from '../forge.ts'
import { readAccess } from './access.ts'
import { askReviewers } from './ask-reviewers.ts'
import { type Client, createClient, type Session } from './client.ts'
import { closeChangeRequest, deleteBranch } from './close-change-request.ts'
import { writeComment } from './comment.ts'
import { commit } from './commit.ts'
import { compareCommits } from './compare.ts'
import { endDeployment, ensureDeployment } from './deployment.ts'
import { describeChangeRequest } from './describe-change-request.ts'
import { glance } from './glance.ts'
import { ensureLabels } from './labels.ts'
import { readMembers, readMembership } from './membership.ts'
import { createMemory } from './memory.ts'
import { mergeChangeRequest } from './merge-change-request.ts'
import { openChangeRequest } from './open-change-request.ts'
import type { GitHubOptions } from './options.ts'
import { readPullRequestStates } from './pull-request-states.ts'
import { ensureReaction } from './reaction.ts'
import { readChecks } from './read-checks.ts'
import { readComment } from './read-comment.ts'
import { readManifests } from './read-manifests.ts'
import { readRepository } from './read-repository.ts'
import { findComment, readSource } from './read-source.ts'
import { readTree } from './read-tree.ts'
import { writeReport } from './report.ts'
import { writeStatus } from './status.ts'
import type { Purpose } from './tokens.ts'
import { updateChangeRequest } from './update-change-request.ts'
import { writeState } from './write-state.ts'

/**
 * GitHub, or an Enterprise Server, behind the port; see docs/github-api.md for what each call costs. Nothing
 * is asked of the server yet.
 */
export function createGitHubForge(options: GitHubOptions): Forge {
  const client: Client = createClient(options)
  const memory = createMemory()
  const { log } = options
  /** Runs one job with a session that may do no more than the job needs. */
  async function on<T>(
    repository: RepositoryId,
    purpose: Purpose,
    job: (session: Session) => Promise<T>,
  ): Promise<T> {
    return await job(await client.session(repository, purpose))
  }
  const reads = <T>(repository: RepositoryId, job: (session: Session) => Promise<T>) =>
    on(repository, 'source', job)
  const writes = <T>(repository: RepositoryId, job: (session: Session) => Promise<T>) =>
    on(repository, 'manifests', job)
  return {
    id: options.id,
    words: GITHUB_WORDS,
    glance: () => glance(client, options.id, (options.clock ?? (() => new Date()))()),
    readRepository: (repository, files, proposals) =>
      reads(repository, (session) => readRepository(session, repository, files, memory, proposals)),
    readSource: (repository, query) => reads(repository, (session) => readSource(session, query)),
    readPullRequestStates: (repository, numbers) =>
      reads(repository, (session) => readPullRequestStates(session, numbers)),
    readManifests: (repository, query) =>
      writes(repository, (session) => readManifests(session, repository, query, memory)),
    readTree: (repository, commit, paths) =>
      reads(repository, (session) => readTree(session, commit, paths, memory)),
    compareCommits: (repository, base, head) =>
      reads(repository, (session) => compareCommits(session, repository, base, head, client.addresses.web)),
    readChecks: (repository, branch, commits) =>
      on(repository, 'checks', (session) => readChecks(session, repository, branch, commits, memory)),
    openChangeRequest: (repository, wish) =>
      writes(repository, (session) => openChangeRequest(session, repository, wish, memory)),
    updateChangeRequest: (repository, wish) =>
      writes(repository, (session) => updateChangeRequest(session, repository, wish, memory)),
    describeChangeRequest: (repository, number, text) =>
      writes(repository, (session) => describeChangeRequest(session, number, text)),
    closeChangeRequest: (repository, wish) =>
      writes(repository, (session) => closeChangeRequest(session, repository, wish, memory)),
    mergeChangeRequest: (repository, wish) =>
      writes(repository, (session) => mergeChangeRequest(session, repository, wish, memory, log)),
    commit: (repository, wish) => writes(repository, (session) => commit(session, repository, wish, memory)),
    deleteBranch: (repository, branch, expectedHead, consented) => {
      const wish = consented === true ? { branch, consented } : { branch }
      return writes(repository, (session) => deleteBranch(session, repository, wish, expectedHead, memory))
    },
    writeComment: (repository, wish) =>
      reads(repository, (session) => writeComment(session, repository, wish)),
    writeReport: (repository, wish) =>
      reads(repository, (session) => writeReport(session, repository, wish, memory)),
    writeStatus: (repository, wish) => reads(repository, (session) => writeStatus(session, repository, wish)),
    writeState: (repository, wish) => writes(repository, (session) => writeState(session, repository, wish)),
    readMembership: (repository, team, login) =>
      readMembership(() => client.session(repository, 'members'), team, login),
    readMembers: (repository, team) => readMembers(() => client.session(repository, 'members'), team),
    askReviewers: (repository, number, wish) =>
      askReviewers((purpose) => client.session(repository, purpose), number, wish),
    readAccess: (repository, login) => reads(repository, (session) => readAccess(session, login)),
    readComment: (repository, number, comment) =>
      reads(repository, (session) => readComment(session, number, comment)),
    findComment: (repository, number, marker) =>
      reads(repository, (session) => findComment(session, number, marker)),
    ensureReaction: (repository, wish) =>
      reads(repository, (session) => ensureReaction(session, repository, wish)),
    ensureLabels: (repository, number, wish) =>
      reads(repository, (session) => ensureLabels(session, number, wish)),
    ensureDeployment: (repository, wish) =>
      on(repository, 'deployments', (session) => ensureDeployment(session, wish)),
    endDeployment: (repository, place) =>
      on(repository, 'deployments', (session) => endDeployment(session, place)),
  }
}
