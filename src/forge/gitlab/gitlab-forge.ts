import type { RepositoryId } from '../../domain/repository.ts'
import { GITLAB_WORDS } from '../../domain/vocabulary.ts'
import type { Forge } from '../forge.ts'
import { readAccess } from './access.ts'
import { askReviewers } from './ask-reviewers.ts'
import { deleteBranch } from './branch.ts'
import { createClient } from './client.ts'
import { closeChangeRequest } from './close-change-request.ts'
import { writeComment } from './comment.ts'
import { commit } from './commit.ts'
import { compareCommits } from './compare.ts'
import { endDeployment, ensureDeployment } from './deployment.ts'
import { describeChangeRequest } from './describe-change-request.ts'
import { glance } from './glance.ts'
import { type Me, readMe } from './identity.ts'
import { ensureLabels } from './labels.ts'
import { createLimiter } from './limiter.ts'
import { readMembers, readMembership } from './membership.ts'
import { createMemory } from './memory.ts'
import { mergeChangeRequest } from './merge-change-request.ts'
import { openChangeRequest } from './open-change-request.ts'
import type { GitLabOptions } from './options.ts'
import { following } from './project.ts'
import { readPullRequestStates } from './pull-request-states.ts'
import { ensureReaction } from './reaction.ts'
import { readChecks } from './read-checks.ts'
import { findComment, readComment } from './read-comment.ts'
import { readManifests } from './read-manifests.ts'
import { readRepository } from './read-repository.ts'
import { readSource } from './read-source.ts'
import { readTree } from './read-tree.ts'
import { writeReport } from './report.ts'
import { writeStatus } from './status.ts'
import { updateChangeRequest } from './update-change-request.ts'
import { writeState } from './write-state.ts'

const NOTES_PER_MINUTE = 60

/**
 * GitLab, on gitlab.com or an instance of one's own, behind the port; see docs/gitlab-api.md for what each call costs.
 * Nothing is asked of the server yet.
 */
export function createGitLabForge(options: GitLabOptions): Forge {
  const client = createClient(options)
  const memory = createMemory()
  const clock = options.clock ?? (() => new Date())
  const limiter = createLimiter(options.notesPerMinute ?? NOTES_PER_MINUTE, clock)
  let known: Promise<Me> | null = null
  const me = () => {
    known ??= readMe(client.rest).catch((error: unknown) => {
      known = null
      throw error
    })
    return known
  }
  /** Reads a project where it is now; writes go to where reading has found it. */
  async function reads<T>(
    repository: RepositoryId,
    job: (repository: RepositoryId, user: Me) => Promise<T>,
  ): Promise<T> {
    const user = await me()
    return await following(client, repository, (now) => job(now, user))
  }
  return {
    id: options.id,
    words: GITLAB_WORDS,
    glance: () => glance(client, options),
    readRepository: (repository, files, proposals) =>
      reads(repository, (now, user) => readRepository(client, now, files, user, memory, proposals)),
    readSource: (repository, query) =>
      reads(repository, (now, user) => readSource(client, now, query, user, memory)),
    readPullRequestStates: (repository, numbers) =>
      reads(repository, (now) => readPullRequestStates(client, now, numbers)),
    readManifests: (repository, query) =>
      reads(repository, (now, user) => readManifests(client, now, query, user, memory)),
    readTree: (repository, commit, paths) => readTree(client, repository, commit, paths, memory),
    compareCommits: (repository, base, head) => compareCommits(client, repository, base, head),
    readChecks: (repository, branch, commits) =>
      reads(repository, (now, user) => readChecks(client, now, branch, commits, user, memory)),
    openChangeRequest: async (repository, wish) =>
      await openChangeRequest(client, repository, wish, await me(), memory),
    updateChangeRequest: (repository, wish) => updateChangeRequest(client, repository, wish, memory),
    describeChangeRequest: (repository, number, text) =>
      describeChangeRequest(client, repository, number, text),
    closeChangeRequest: (repository, wish) => closeChangeRequest(client, repository, wish),
    mergeChangeRequest: (repository, wish) => mergeChangeRequest(client, repository, wish, options.log),
    commit: (repository, wish) => commit(client, repository, wish, memory),
    deleteBranch: (repository, branch, expectedHead, consented) => {
      const wish = consented === true ? { branch, consented } : { branch }
      return deleteBranch(client, repository, wish, expectedHead)
    },
    writeComment: async (repository, wish) =>
      await writeComment(client, repository, wish, await me(), limiter),
    writeReport: async (repository, wish) => await writeReport(client, repository, wish, await me(), memory),
    writeState: (repository, wish) => writeState(client, repository, wish, memory),
    readMembership: (_, group, login) => readMembership(client, group, login, clock()),
    readMembers: async (_, group) => {
      const members = await readMembers(client, group, clock())
      return members && { ...members, items: members.items.map(({ login }) => login) }
    },
    askReviewers: (repository, number, wish) => askReviewers(client, repository, number, wish, clock()),
    readAccess: (repository, login) => readAccess(client, repository, login, clock()),
    readComment: (repository, number, comment) =>
      reads(repository, (now, user) => readComment(client, now, number, comment, user)),
    findComment: (repository, number, marker) =>
      reads(repository, (now, user) => findComment(client, now, number, marker, user)),
    ensureReaction: async (repository, wish) => await ensureReaction(client, repository, wish, await me()),
    ensureLabels: (repository, number, wish) => ensureLabels(client, repository, number, wish),
    ensureDeployment: (repository, wish) => ensureDeployment(client, repository, wish),
    writeStatus: (repository, wish) => writeStatus(client, repository, wish),
    endDeployment: (repository, place) => endDeployment(client, repository, place),
  }
}
