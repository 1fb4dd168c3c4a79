import { join } from 'node:path'
import { type GitRepository, openGitRepository } from '../git/git-repository.ts'
import { DEFAULT_SEARCH_PATH } from '../git/run.ts'
import type { HubDeployment, HubDeploymentStatus } from './deployments.ts'
import type { ForgeEvent } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { type Flavour, GITHUB } from './flavour.ts'
import type {
  Award,
  CommitNote,
  Deployment,
  Environment,
  Label,
  Member,
  Pipeline,
  ProjectHook,
} from './gitlab-types.ts'
import { type Change, openJournal } from './journal.ts'
import { createTable, type Table } from './table.ts'
import type { Team } from './teams.ts'
import type {
  Account,
  CheckRun,
  CheckSuite,
  CommitStatus,
  Installation,
  InstallationToken,
  IssueComment,
  Permissions,
  PersonToken,
  Protection,
  PullRequest,
  Repository,
  Review,
  Ruleset,
} from './types.ts'
import { createUrls, type Urls } from './urls.ts'

/** The app that is registered at the sandbox. */
export interface SandboxApp {
  id: number
  clientId: string
  slug: string
  name: string
  /** What it asks for; an installation on a new owner gets it. */
  permissions: Permissions
  /** Webhook events that it subscribes to. */
  events: string[]
}

/** A reference as its effects were last worked out; what git has beyond it is caught up at the next start. */
export interface SeenRefs {
  /** The repository's id. */
  id: number
  refs: Record<string, string>
}

export interface Tables {
  accounts: Table<Account>
  /** By owner and name, in lower case: `acme/web`. */
  repositories: Table<Repository>
  /** By repository id. */
  pulls: Table<PullRequest>
  /** By `<repository id>#<number>`, as reviews. */
  comments: Table<IssueComment>
  reviews: Table<Review>
  /** By `<repository id>@<commit>`, as check runs and statuses. */
  checkSuites: Table<CheckSuite>
  checkRuns: Table<CheckRun>
  statuses: Table<CommitStatus>
  /** By repository id. */
  protections: Table<Protection>
  /** By repository id. */
  rulesets: Table<Ruleset>
  /** By account id. */
  installations: Table<Installation>
  seenRefs: Table<SeenRefs>
  /** By the hash of the token. */
  tokens: Table<InstallationToken>
  /** By the hash of the token. */
  personTokens: Table<PersonToken>
  /** By repository id. */
  hubDeployments: Table<HubDeployment>
  /** By the id of the deployment. */
  hubDeploymentStatuses: Table<HubDeploymentStatus>
  /** By repository id. */
  labels: Table<Label>
  /** By the id of what they are given to. */
  awards: Table<Award>
  /** By the id of the organisation. */
  teams: Table<Team>
  /** By the id of the group, project or team, as hooks are. */
  members: Table<Member>
  /* GitLab's own. */
  projectHooks: Table<ProjectHook>
  /** By repository id, as environments and deployments. */
  pipelines: Table<Pipeline>
  environments: Table<Environment>
  deployments: Table<Deployment>
  commitNotes: Table<CommitNote>
}

export type TableName = keyof Tables

/** One change for `Model.save`. */
export type Put =
  | { [K in TableName]: [table: K, row: RowOf<K>] }[TableName]
  | [table: TableName, id: number, row: null]
type RowOf<K extends TableName> = Tables[K] extends Table<infer Row> ? Row : never

/**
 * The whole forge: rows in memory (written through to a journal), and git. The other files of this folder
 * are the functions over it; they throw `Refusal`.
 */
export interface Model {
  readonly dataDir: string
  readonly tables: Tables
  readonly urls: Urls
  readonly faults: Faults
  readonly app: SandboxApp
  readonly flavour: Flavour
  /** Directories where git is found, as in `PATH`. */
  readonly searchPath: string
  /** The person that SANDBOX_TOKEN stands for. */
  readonly you: Account
  /** The app's bot: `supercargo[bot]`. */
  readonly bot: Account
  /** Git of a repository; opened once. */
  git(repository: Repository): GitRepository
  /** A fresh numeric id, unique over all tables. */
  nextId(): number
  /** Writes rows, all or none. */
  save(...puts: Put[]): void
  /** The time now, as rows hold it. */
  now(): string
  /**
   * Runs `work` while nothing else changes the repository's references or pull requests. Not re-entrant:
   * functions whose name ends in `Locked` must be called inside, all others take the lock themselves.
   */
  locked<T>(repository: Repository, work: () => Promise<T>): Promise<T>
  /** Tells the listeners, in order, without waiting for them. */
  emit(event: ForgeEvent): void
  /** @returns what ends it */
  onEvent(listener: (event: ForgeEvent) => void): () => void
  /** Ends helper processes. Rows need no closing: they are written when they change. */
  close(): void
}

export interface ModelOptions {
  /** The sandbox's own directory. */
  dataDir: string
  app: SandboxApp
  /** GitHub unless something else is said. */
  flavour?: Flavour
  /** Login of the bot's account; on GitHub it follows from the app. */
  botLogin?: string
  /** Origin and mount point, such as `http://localhost:3000`; may be set later with `model.urls.setBase`. */
  baseUrl: string | null
  searchPath?: string | undefined
}

/** Opens (or begins) the forge in a directory. */
export function openModel(options: ModelOptions): Model {
  const searchPath = options.searchPath ?? DEFAULT_SEARCH_PATH
  const flavour = options.flavour ?? GITHUB
  const tables = createTables()
  let lastId = 1000
  const journal = openJournal(
    join(options.dataDir, 'state.jsonl'),
    ([table, id, row]) => {
      lastId = Math.max(lastId, id)
      apply(tables, [table, id, row])
    },
    () => snapshot(tables),
  )
  const gits = new Map<number, GitRepository>()
  const locks = new Map<number, Promise<unknown>>()
  const listeners = new Set<(event: ForgeEvent) => void>()
  const nextId = (): number => ++lastId
  const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const save = (...puts: Put[]): void => {
    const changes = puts.map((put): Change => (put.length === 3 ? put : [put[0], put[1].id, put[1]]))
    journal.append(changes)
    for (const change of changes) apply(tables, change)
  }
  const account = (login: string, type: Account['type'], name: string, id: number): Account => {
    const known = tables.accounts.by(login.toLowerCase())[0]
    if (known !== undefined) return known
    const email = `${id}+${login}@${flavour.mail}`
    save(['accounts', { id, login, type, name, email, createdAt: now() }])
    return tables.accounts.by(login.toLowerCase())[0] as Account
  }
  const you = account('you', 'User', 'You', 501)
  if (flavour.kind === 'github') account('web-flow', 'User', 'GitHub', 503)
  const botLogin = options.botLogin ?? `${options.app.slug}[bot]`
  const bot = account(botLogin, 'Bot', botLogin, 502)
  return {
    dataDir: options.dataDir,
    tables,
    urls: createUrls(flavour, options.baseUrl),
    faults: createFaults(),
    app: options.app,
    flavour,
    searchPath,
    you,
    bot,
    nextId,
    now,
    save,
    git: (repository) => {
      const known = gits.get(repository.id)
      if (known !== undefined) return known
      const git = openGitRepository(repositoryDirectory(options.dataDir, repository.id), searchPath)
      gits.set(repository.id, git)
      return git
    },
    locked: (repository, work) => {
      const turn = (locks.get(repository.id) ?? Promise.resolve()).then(work)
      locks.set(
        repository.id,
        turn.catch(() => {}),
      )
      return turn
    },
    emit: (event) => {
      for (const listener of listeners) listener(event)
    },
    onEvent: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => {
      for (const git of gits.values()) git.close()
    },
  }
}

/** Where a repository's bare git lives; by id, so that a rename moves nothing. */
export function repositoryDirectory(dataDir: string, id: number): string {
  return join(dataDir, 'git', `${id}.git`)
}

function createTables(): Tables {
  const commitKey = (row: CheckSuite | CheckRun): string => `${row.repositoryId}@${row.headOid}`
  return {
    accounts: createTable((row) => row.login.toLowerCase()),
    repositories: createTable((row) => `${row.owner}/${row.name}`.toLowerCase()),
    pulls: createTable((row) => row.repositoryId),
    comments: createTable((row) => `${row.repositoryId}#${row.number}`),
    reviews: createTable((row) => `${row.repositoryId}#${row.number}`),
    checkSuites: createTable<CheckSuite>(commitKey),
    checkRuns: createTable<CheckRun>(commitKey),
    statuses: createTable((row) => `${row.repositoryId}@${row.oid}`),
    protections: createTable((row) => row.repositoryId),
    rulesets: createTable((row) => row.repositoryId),
    installations: createTable((row) => row.accountId),
    seenRefs: createTable((row) => row.id),
    tokens: createTable((row) => row.hash),
    personTokens: createTable((row) => row.hash),
    hubDeployments: createTable((row) => row.repositoryId),
    hubDeploymentStatuses: createTable((row) => row.deploymentId),
    teams: createTable((row) => row.organizationId),
    members: createTable((row) => row.sourceId),
    projectHooks: createTable((row) => row.sourceId),
    labels: createTable((row) => row.repositoryId),
    pipelines: createTable((row) => row.repositoryId),
    environments: createTable((row) => row.repositoryId),
    deployments: createTable((row) => row.repositoryId),
    awards: createTable((row) => row.awardableId),
    commitNotes: createTable((row) => `${row.repositoryId}@${row.oid}`),
  }
}

function apply(tables: Tables, [name, id, row]: Change): void {
  const table = tables[name as TableName] as Table<{ id: number }> | undefined
  table?.apply(id, row as { id: number } | null)
}

function snapshot(tables: Tables): Change[] {
  return Object.entries(tables).flatMap(([name, table]) =>
    (table as Table<{ id: number }>).all().map((row): Change => [name, row.id, row]),
  )
}
