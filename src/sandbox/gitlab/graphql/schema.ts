import { buildSchema } from 'graphql'

/**
 * The part of GitLab's GraphQL schema that the sandbox answers, with the names, types and nullability of GitLab
 * 16.11 (which later versions keep): https://docs.gitlab.com/api/graphql/reference/ and, where that is silent, the
 * classes below `app/graphql/types` of https://gitlab.com/gitlab-org/gitlab at `v16.11.0-ee`.
 */
export const schema = buildSchema(`
scalar Time
scalar BigInt
scalar ProjectID
scalar JobID

type Query {
  currentUser: UserCore
  metadata: Metadata
  project(fullPath: ID!): Project
}

type Metadata {
  version: String!
  revision: String!
  enterprise: Boolean!
}

type UserCore {
  id: ID!
  username: String!
  name: String!
  bot: Boolean!
  webUrl: String!
}

type PageInfo {
  endCursor: String
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
}

type Project {
  allowMergeOnSkippedPipeline: Boolean
  archived: Boolean
  description: String
  fullPath: ID!
  httpUrlToRepo: String
  id: ID!
  lastActivityAt: Time
  mergeRequest(iid: String!): MergeRequest
  mergeRequests(
    after: String, before: String, first: Int, last: Int
    authorUsername: String
    createdAfter: Time, createdBefore: Time
    draft: Boolean
    iids: [String!]
    labels: [String!]
    mergedAfter: Time, mergedBefore: Time
    sort: MergeRequestSort = created_desc
    sourceBranches: [String!]
    state: MergeRequestState
    targetBranches: [String!]
    updatedAfter: Time, updatedBefore: Time
  ): MergeRequestConnection
  name: String!
  nameWithNamespace: String!
  onlyAllowMergeIfPipelineSucceeds: Boolean
  path: String!
  pipelines(
    after: String, before: String, first: Int, last: Int
    ref: String, sha: String, status: PipelineStatusEnum
  ): PipelineConnection
  removeSourceBranchAfterMerge: Boolean
  repository: Repository
  sshUrlToRepo: String
  userPermissions: ProjectPermissions!
  visibility: String
  webUrl: String
}

type ProjectPermissions {
  createMergeRequestIn: Boolean!
  downloadCode: Boolean!
  pushCode: Boolean!
  readProject: Boolean!
}

enum RefType { HEADS TAGS }

type Repository {
  blobs(
    after: String, before: String, first: Int, last: Int
    paths: [String!]!, ref: String, refType: RefType
  ): RepositoryBlobConnection
  branchNames(limit: Int!, offset: Int!, searchPattern: String!): [String!]
  empty: Boolean!
  exists: Boolean!
  rootRef: String
  tree(path: String = "", recursive: Boolean = false, ref: String, refType: RefType): Tree
}

type RepositoryBlobConnection {
  edges: [RepositoryBlobEdge]
  nodes: [RepositoryBlob]
  pageInfo: PageInfo!
}

type RepositoryBlobEdge {
  cursor: String!
  node: RepositoryBlob
}

type RepositoryBlob {
  fileType: String
  id: ID!
  mode: String
  name: String
  oid: String!
  path: String!
  rawBlob: String
  rawSize: BigInt
  rawTextBlob: String
  size: BigInt
  webPath: String
}

type Tree {
  blobs(after: String, before: String, first: Int, last: Int): BlobConnection!
  lastCommit: Commit
  submodules(after: String, before: String, first: Int, last: Int): SubmoduleConnection!
  trees(after: String, before: String, first: Int, last: Int): TreeEntryConnection!
}

enum EntryType { blob commit tree }

type BlobConnection {
  edges: [BlobEdge]
  nodes: [Blob]
  pageInfo: PageInfo!
}
type BlobEdge { cursor: String! node: Blob }
type Blob {
  flatPath: String!
  id: ID!
  mode: String
  name: String!
  path: String!
  sha: String!
  type: EntryType!
  webPath: String
  webUrl: String
}

type SubmoduleConnection {
  edges: [SubmoduleEdge]
  nodes: [Submodule]
  pageInfo: PageInfo!
}
type SubmoduleEdge { cursor: String! node: Submodule }
type Submodule {
  flatPath: String!
  id: ID!
  name: String!
  path: String!
  sha: String!
  treeUrl: String
  type: EntryType!
  webUrl: String
}

type TreeEntryConnection {
  edges: [TreeEntryEdge]
  nodes: [TreeEntry]
  pageInfo: PageInfo!
}
type TreeEntryEdge { cursor: String! node: TreeEntry }
type TreeEntry {
  flatPath: String!
  id: ID!
  name: String!
  path: String!
  sha: String!
  type: EntryType!
  webPath: String
  webUrl: String
}

type Commit {
  authorEmail: String
  authorName: String
  authoredDate: Time
  committedDate: Time
  committerEmail: String
  committerName: String
  fullTitle: String
  id: ID!
  message: String
  sha: String!
  shortId: String!
  title: String
  webUrl: String!
}

enum MergeRequestState { all closed locked merged opened }

enum MergeRequestSort {
  CREATED_ASC CREATED_DESC MERGED_AT_ASC MERGED_AT_DESC TITLE_ASC TITLE_DESC UPDATED_ASC UPDATED_DESC
  created_asc created_desc updated_asc updated_desc
}

enum DetailedMergeStatus {
  APPROVALS_SYNCING BLOCKED_STATUS BROKEN_STATUS CHECKING CI_MUST_PASS CI_STILL_RUNNING COMMITS_STATUS CONFLICT
  DISCUSSIONS_NOT_RESOLVED DRAFT_STATUS EXTERNAL_STATUS_CHECKS JIRA_ASSOCIATION LOCKED_PATHS MERGEABLE NEED_REBASE
  NOT_APPROVED NOT_OPEN PREPARING REQUESTED_CHANGES UNCHECKED
}

type MergeRequestConnection {
  count: Int!
  edges: [MergeRequestEdge]
  nodes: [MergeRequest]
  pageInfo: PageInfo!
}
type MergeRequestEdge { cursor: String! node: MergeRequest }

type MergeRequest {
  approved: Boolean!
  author: UserCore
  autoMergeEnabled: Boolean!
  commitCount: Int
  createdAt: Time!
  description: String
  detailedMergeStatus: DetailedMergeStatus
  diffHeadSha: String
  diffRefs: DiffRefs
  draft: Boolean!
  forceRemoveSourceBranch: Boolean
  headPipeline: Pipeline
  id: ID!
  iid: String!
  labels(after: String, before: String, first: Int, last: Int): LabelConnection
  mergeCommitSha: String
  mergeError: String
  mergeUser: UserCore
  mergeable: Boolean!
  mergedAt: Time
  notes(after: String, before: String, first: Int, last: Int, filter: NotesFilterType = ALL_NOTES): NoteConnection!
  project: Project!
  projectId: Int!
  reference(full: Boolean = false): String!
  shouldRemoveSourceBranch: Boolean
  sourceBranch: String!
  sourceBranchExists: Boolean!
  sourceProject: Project
  sourceProjectId: Int
  state: MergeRequestState!
  targetBranch: String!
  targetBranchExists: Boolean!
  targetProject: Project!
  targetProjectId: Int!
  title: String!
  updatedAt: Time!
  userNotesCount: Int
  webUrl: String
}

type DiffRefs { baseSha: String headSha: String! startSha: String! }

enum PipelineStatusEnum {
  CANCELED CANCELING CREATED FAILED MANUAL PENDING PREPARING RUNNING SCHEDULED SKIPPED SUCCESS WAITING_FOR_CALLBACK
  WAITING_FOR_RESOURCE
}

type PipelineConnection {
  count: Int!
  edges: [PipelineEdge]
  nodes: [Pipeline]
  pageInfo: PageInfo!
}
type PipelineEdge { cursor: String! node: Pipeline }

type Pipeline {
  createdAt: Time!
  finishedAt: Time
  id: ID!
  iid: String!
  jobs(
    after: String, before: String, first: Int, last: Int
    retried: Boolean, statuses: [CiJobStatus!]
  ): CiJobConnection
  path: String
  ref: String
  sha: String
  status: PipelineStatusEnum!
}

type CiJobConnection {
  count: Int!
  edges: [CiJobEdge]
  nodes: [CiJob]
  pageInfo: PageInfo!
}
type CiJobEdge { cursor: String! node: CiJob }

enum CiJobStatus {
  CANCELED CANCELING CREATED FAILED MANUAL PENDING PREPARING RUNNING SCHEDULED SKIPPED SUCCESS WAITING_FOR_CALLBACK
  WAITING_FOR_RESOURCE
}

type CiJob {
  allowFailure: Boolean!
  id: JobID
  name: String
  retried: Boolean
  status: CiJobStatus
}

type LabelConnection {
  edges: [LabelEdge]
  nodes: [Label]
  pageInfo: PageInfo!
}
type LabelEdge { cursor: String! node: Label }
type Label { color: String! id: ID! title: String! }

enum NotesFilterType { ALL_NOTES ONLY_ACTIVITY ONLY_COMMENTS }

type NoteConnection {
  edges: [NoteEdge]
  nodes: [Note]
  pageInfo: PageInfo!
}
type NoteEdge { cursor: String! node: Note }
type Note {
  author: UserCore
  body: String!
  createdAt: Time!
  id: ID!
  system: Boolean!
  updatedAt: Time!
  url: String
}
`)
