import { z } from 'zod'
import { repositoryKey } from '../domain/repository.ts'
import { GITHUB_WORDS } from '../domain/vocabulary.ts'
import type { Delivery, DeliveryMeaning, LabelWish } from '../store/store.ts'
import type { GitHubEvent } from './github-app.ts'
import { approving, wished } from './intent.ts'
import { announced } from './registry/announcement.ts'
import { ghcr } from './registry/ghcr.ts'
import { look as lookAt, nothing, plain, reader, repositoryPath, short, unwanted } from './tell.ts'

/**
 * What a delivery of GitHub means: which repositories or images to look at. It never says what to do there, and no host,
 * URL or id of the payload is used (requirement 5).
 *
 * Pure. A payload that lacks what is needed has an outcome that says so; nothing is thrown.
 * @param packagesHost of the container registry of this GitHub, as images name it
 */
export function githubMeaning(delivery: Delivery, packagesHost = 'ghcr.io'): DeliveryMeaning {
  const read = Object.hasOwn(READERS, delivery.event) ? READERS[delivery.event as GitHubEvent] : undefined
  if (read === undefined) return unwanted(`Supercargo does not use the event ${plain(delivery.event)}`)
  return read(delivery.payload, packagesHost, delivery.id)
}

const Repository = z.object({
  full_name: repositoryPath('github', (parts) => parts.length === 2, 'owner/name'),
})
type Repository = z.infer<typeof Repository>

const Repositories = z.array(Repository)

const Push = z.object({
  repository: Repository,
  ref: z.string(),
  after: z.string(),
  created: z.boolean().optional(),
  deleted: z.boolean().optional(),
})

const PullRequest = z.object({
  action: z.string(),
  repository: Repository,
  pull_request: z.object({ number: z.number() }),
})

const Review = PullRequest

const Labelled = z.object({
  label: z.object({ name: z.string() }),
  sender: z.object({ login: z.string(), type: z.string() }),
  pull_request: z.object({
    head: z.object({ sha: z.string(), repo: z.object({ id: z.number() }).nullable() }),
    base: z.object({ repo: z.object({ id: z.number() }) }),
  }),
})

const IssueComment = z.object({
  action: z.string(),
  repository: Repository,
  issue: z.object({ number: z.number(), pull_request: z.unknown().optional() }),
  comment: z.object({
    id: z.number(),
    body: z.string().nullish(),
    user: z.object({ login: z.string(), type: z.string() }).nullish(),
    /** The app that wrote it, also in the name of a person. */
    performed_via_github_app: z.unknown().optional(),
  }),
})

const CheckSuite = z.object({
  action: z.string(),
  repository: Repository,
  check_suite: z.object({ head_sha: z.string(), conclusion: z.string().nullish() }),
})

const Status = z.object({ repository: Repository, sha: z.string(), state: z.string(), context: z.string() })

const Installation = z.object({ action: z.string(), repositories: Repositories.nullish() })

const InstallationRepositories = z.object({
  action: z.string(),
  repositories_added: Repositories,
  repositories_removed: z.array(z.unknown()),
})

const RepositoryEvent = z.object({
  action: z.string(),
  repository: Repository,
  changes: z.object({ default_branch: z.unknown().optional() }).nullish(),
})

const READERS: Record<GitHubEvent, (payload: unknown, packagesHost: string, id: string) => DeliveryMeaning> =
  {
    package: (payload, host) => announced(ghcr.read(host, payload)),
    registry_package: (payload, host) => announced(ghcr.read(host, payload)),

    push: reader(Push, ({ repository, ref, after, created, deleted }) => {
      const named = /^refs\/(head|tag)s\/(.+)$/s.exec(ref)
      if (named === null) return unwanted(`${plain(ref)} is neither a branch nor a tag`)
      const what = `${named[1] === 'tag' ? 'tag' : 'branch'} ${plain(named[2])}`
      if (deleted === true) return look(repository, `${what} was deleted`)
      return look(repository, `${what} ${created === true ? 'was created at' : 'moved to'} ${short(after)}`)
    }),

    pull_request: (payload, _, id) =>
      reader(PullRequest, ({ action, repository, pull_request: { number } }) => {
        const what = `pull request ${number}`
        const happened = PULL_REQUEST_ACTIONS.get(action)
        if (happened === undefined) return unwanted(`"${plain(action)}" of ${what} changes nothing here`)
        const intents = action === 'labeled' ? approvals(repository, number, payload, id) : []
        const looked = look(repository, `${what} ${happened}`)
        return intents.length === 0 ? looked : { ...looked, intents }
      })(payload),

    pull_request_review: reader(Review, ({ action, repository, pull_request }) => {
      if (action === 'edited') return unwanted('the text of a review was edited')
      return look(repository, `a review of pull request ${pull_request.number} was ${plain(action)}`)
    }),

    issue_comment: reader(IssueComment, ({ action, repository, issue, comment }) => {
      if (action !== 'created') return unwanted(`a comment was ${plain(action)}`)
      if (issue.pull_request == null) return unwanted('the comment is on an issue')
      const { user, performed_via_github_app: app } = comment
      if (user == null || user.type !== 'User' || app != null) return unwanted('no person wrote the comment')
      const { number } = issue
      const written = { number, comment: comment.id, login: user.login, text: comment.body ?? '' }
      return (
        wished(repository.full_name, written, GITHUB_WORDS, `pull request ${number}`) ??
        unwanted('the comment holds no command')
      )
    }),

    check_suite: reader(CheckSuite, ({ action, repository, check_suite: { head_sha, conclusion } }) => {
      if (action === 'rerequested')
        return look(repository, `the checks of ${short(head_sha)} are wanted again`)
      if (action !== 'completed') return unwanted(`the checks of ${short(head_sha)} have not ended`)
      return look(
        repository,
        `the checks of ${short(head_sha)} ended with ${plain(conclusion ?? 'no result')}`,
      )
    }),

    status: reader(Status, ({ repository, sha, state, context }) => {
      const what = `the status ${plain(context)} of ${short(sha)}`
      if (state === 'pending') return unwanted(`${what} is still pending`)
      return look(repository, `${what} is ${plain(state)}`)
    }),

    installation: reader(Installation, ({ action, repositories }) => {
      if (action === 'deleted' || action === 'suspend') return nothing(`The app's access ended (${action})`)
      if (repositories?.length) return lookAtAll(repositories, `the app's access began (${plain(action)})`)
      return nothing(`The app's access changed (${plain(action)}); the next sweep visits every repository`)
    }),

    installation_repositories: reader(
      InstallationRepositories,
      ({ repositories_added: added, repositories_removed: removed }) =>
        added.length > 0
          ? lookAtAll(added, 'the app was given access')
          : nothing(`The app's access to ${count(removed.length)} ended`),
    ),

    repository: reader(RepositoryEvent, ({ action, repository, changes }) => {
      if (action === 'deleted') return nothing(`The repository ${name(repository)} was deleted`)
      if (action !== 'edited') return look(repository, `it was ${plain(action)}`)
      if (changes?.default_branch !== undefined) return look(repository, 'its default branch changed')
      return unwanted(`the description of ${name(repository)} was edited`)
    }),
  }

/** What may change a candidate, a preview or whether a change request may be merged. */
const PULL_REQUEST_ACTIONS = new Map([
  ['opened', 'was opened'],
  ['reopened', 'was reopened'],
  ['closed', 'was closed'],
  ['synchronize', 'has new commits'],
  ['edited', 'was edited'],
  ['ready_for_review', 'is ready for review'],
  ['converted_to_draft', 'is a draft now'],
  ['labeled', 'was given a label'],
  ['unlabeled', 'lost a label'],
])

/** What a label may approve; nothing where the payload does not say who gave it and what for. */
function approvals({ full_name }: Repository, number: number, payload: unknown, id: string): LabelWish[] {
  const { data } = Labelled.safeParse(payload)
  if (data === undefined) return []
  const { label, sender, pull_request: pull } = data
  const given = {
    number,
    login: sender.type === 'User' ? sender.login : null,
    labels: [label.name],
    head: pull.head.sha,
    fork: pull.head.repo?.id !== pull.base.repo.id,
  }
  return approving(full_name, given, id)
}

function look(repository: Repository, why: string): DeliveryMeaning {
  return lookAt(repository.full_name, why)
}

function lookAtAll(repositories: Repository[], why: string): DeliveryMeaning {
  const [first] = repositories
  if (first !== undefined && repositories.length === 1) return look(first, why)
  const keys = new Set(repositories.map(({ full_name }) => repositoryKey(full_name)))
  return { keys: [...keys], outcome: `Looks at ${count(keys.size)}: ${why}.` }
}

function name(repository: Repository): string {
  return repository.full_name.path
}

function count(repositories: number): string {
  return repositories === 1 ? '1 repository' : `${repositories} repositories`
}
