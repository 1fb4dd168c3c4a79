/** What differs between the forges that the sandbox can be. Everything else of the model is common to both. */
export interface Flavour {
  kind: 'github' | 'gitlab'
  /** The path under which everything of this forge lives. */
  mount: string
  /** Where it keeps everything, below the data directory. */
  directory: string
  /** Root of the REST API, below the mount. */
  api: string
  /** Owners may be nested: `acme/platform`. */
  nested: boolean
  /** Where the heads of pull requests are kept: `<prefix><number>/head`. */
  pullRefs: string
  /** The account that is the committer of what was made through the API; null = the author is. */
  committer: { name: string; email: string } | null
  /** A pull request must bring commits: without any it cannot be opened, and is closed when it has lost them. */
  wantsCommits: boolean
  /** Domain of the addresses that accounts get. */
  mail: string
  /** The longest comment, in characters. */
  longestComment: number
  /** Its name, and what it calls a pull request. */
  words: { forge: string; pull: string; sign: string }
  /** A title that begins so makes a draft; null = a draft is a state of its own. */
  draft: RegExp | null
  /** Where its page is that GitHub has at `/pull/1`, `/tree/main`, `/commit/…`, below the repository. */
  page(path: string): string
  /** The other way round. */
  githubPage(path: string): string
}

export const GITHUB: Flavour = {
  kind: 'github',
  mount: '/sandbox/github',
  directory: 'sandbox',
  api: '/api/v3',
  nested: false,
  pullRefs: 'refs/pull/',
  committer: { name: 'GitHub', email: 'noreply@github.com' },
  wantsCommits: true,
  mail: 'users.noreply.github.com',
  longestComment: 65_536,
  words: { forge: 'GitHub', pull: 'pull request', sign: '#' },
  draft: null,
  page: (path) => path,
  githubPage: (path) => path,
}

export const GITLAB: Flavour = {
  kind: 'gitlab',
  mount: '/sandbox/gitlab',
  directory: 'sandbox-gitlab',
  api: '/api/v4',
  nested: true,
  pullRefs: 'refs/merge-requests/',
  committer: null,
  wantsCommits: false,
  mail: 'users.noreply.gitlab.example',
  longestComment: 1_000_000,
  words: { forge: 'GitLab', pull: 'merge request', sign: '!' },
  draft: /^\s*(?:\[draft\]|\(draft\)|draft:|draft\s-\s)\s*/i,
  page: (path) => (path === '' ? '' : `/-${path.replace(/^\/pulls?(?=\/|$)/, '/merge_requests')}`),
  githubPage: (path) =>
    path
      .replace(/^\/-/, '')
      .replace(/^\/merge_requests(?=\/\d)/, '/pull')
      .replace(/^\/merge_requests/, '/pulls'),
}
