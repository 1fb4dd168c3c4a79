/** How people on a forge call its things, and where they keep the files of its tools. */
export interface Vocabulary {
  changeRequest: 'pull request' | 'merge request'
  /** Stands before the number of one: `#12`, `!12`. */
  mark: '#' | '!'
  directory: '.github' | '.gitlab'
  /** Verbs count without the namespace as well (`/status`). Not on GitLab, which takes such lines for its own. */
  bareCommands: boolean
}

export const GITHUB_WORDS: Vocabulary = {
  changeRequest: 'pull request',
  mark: '#',
  directory: '.github',
  bareCommands: true,
}

export const GITLAB_WORDS: Vocabulary = {
  changeRequest: 'merge request',
  mark: '!',
  directory: '.gitlab',
  bareCommands: false,
}
