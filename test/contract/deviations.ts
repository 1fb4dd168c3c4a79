/** Where a forge cannot do what another one does, and why. Everything else of the contract holds for all of them. */
export interface Deviations {
  /** Requests of `readRepository`. */
  readRepository: number
  /** Requests that tell what the new heads of pull requests hold, where they may have other files than the default branch. */
  newHeads: number
  /** Requests of `readSource` for one branch with three paths. */
  readSource: number
  /** Requests of `readChecks` for 20 commits. */
  readChecks: number
  /** What is required when a person demands that `test` and `lint` have passed. */
  required: string[]
  /** A check that is everything else together. */
  wholeCheck: string | null
  /** Requests that write a new change request. */
  openChangeRequest: number
  /** `HistoryCommit.pathOids` are the paths' object ids, and not only marks that change with them. */
  pathOids: boolean
  /** A report that is changed stays the same object. */
  reportId: boolean
  /** A branch moves or goes only from the head that was judged, in one step with the look at it. */
  branchesAreSwapped: boolean
  /** The state branch shares no history with any other. */
  stateIsApart: boolean
  /** Requests that read a state branch which another one has written. */
  readState: number
}

export const GITHUB: Deviations = {
  readRepository: 1,
  newHeads: 0,
  readSource: 1,
  // one for the commits, one each for the protection of the branch and for its rulesets
  readChecks: 3,
  required: ['test', 'lint'],
  wholeCheck: null,
  openChangeRequest: 1,
  pathOids: true,
  reportId: true,
  branchesAreSwapped: true,
  stateIsApart: true,
  readState: 1,
}

export const GITLAB: Deviations = {
  // GraphQL does not tell who set a status on a commit from outside, nor its description
  readRepository: 2,
  // its GraphQL cannot ask for the files of a commit that the same query finds
  newHeads: 1,
  // GraphQL has no histories before GitLab 18.5: one request for the heads, one for the branch, one for each path
  readSource: 5,
  readChecks: 1,
  // a project demands that its pipelines succeed, or nothing
  required: ['pipeline'],
  wholeCheck: 'pipeline',
  // REST has one endpoint for branch, commit and files, and another for the merge request
  openChangeRequest: 2,
  // an object id for every commit and path would cost a request each
  pathOids: false,
  // a status that is set again is a new one
  reportId: false,
  // no request moves or deletes a branch only from an expected head; merging alone has one (`sha`)
  branchesAreSwapped: false,
  // no request makes a branch without a history
  stateIsApart: false,
  // what the head holds, its texts, and who made its commits
  readState: 4,
}
