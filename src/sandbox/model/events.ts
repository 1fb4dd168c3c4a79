import type { Oid } from '../../domain/commit.ts'
import type { Deployment, Environment, Pipeline } from './gitlab-types.ts'
import type {
  Account,
  CheckRun,
  CheckSuite,
  CommitStatus,
  Installation,
  IssueComment,
  PullRequest,
  Repository,
  Review,
} from './types.ts'

/** A moved reference; zero oids stand for "did not exist" and "was deleted". */
export interface RefChange {
  /** Full name: `refs/heads/main`. */
  ref: string
  before: Oid
  after: Oid
}

/** What happened, for webhooks. The rows are as they were just after it. */
export type ForgeEvent =
  | { type: 'refs'; repository: Repository; sender: Account; changes: RefChange[] }
  | {
      type: 'pull'
      action:
        | 'opened'
        | 'synchronize'
        | 'closed'
        | 'reopened'
        | 'edited'
        | 'ready_for_review'
        | 'converted_to_draft'
        | 'labeled'
        | 'unlabeled'
      repository: Repository
      sender: Account
      pull: PullRequest
      /** The row before, for `synchronize` (its head), `edited` (its title, body, base), and changes of labels. */
      before: PullRequest | null
    }
  | {
      type: 'review'
      action: 'submitted' | 'dismissed'
      repository: Repository
      sender: Account
      pull: PullRequest
      review: Review
    }
  | {
      type: 'comment'
      action: 'created' | 'edited' | 'deleted'
      repository: Repository
      sender: Account
      pull: PullRequest
      comment: IssueComment
      bodyBefore: string | null
    }
  | {
      type: 'check-run'
      action: 'created' | 'completed'
      repository: Repository
      sender: Account
      run: CheckRun
      suite: CheckSuite
    }
  | { type: 'check-suite'; action: 'completed'; repository: Repository; sender: Account; suite: CheckSuite }
  | { type: 'status'; repository: Repository; sender: Account; status: CommitStatus }
  | { type: 'pipeline'; repository: Repository; sender: Account; pipeline: Pipeline }
  | {
      type: 'deployment'
      repository: Repository
      sender: Account
      deployment: Deployment
      environment: Environment
    }
  | {
      type: 'repository'
      action:
        | 'created'
        | 'deleted'
        | 'renamed'
        | 'edited'
        | 'archived'
        | 'unarchived'
        | 'privatized'
        | 'publicized'
      repository: Repository
      sender: Account
      /** As the webhook says them, for `renamed` and `edited`. */
      changes: Record<string, unknown> | null
    }
  | {
      type: 'installation'
      action: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted'
      sender: Account
      installation: Installation
    }
  | {
      type: 'installation-repositories'
      action: 'added' | 'removed'
      sender: Account
      installation: Installation
      repositories: Repository[]
    }
