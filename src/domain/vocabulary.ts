/** How people on a forge call its things, and where they keep the files of its tools. */
export interface Vocabulary {
  changeRequest: 'pull request' | 'merge request'
  /** Stands before the number of one: `#12`, `!12`. */
  mark: '#' | '!'
  directory: '.github' | '.gitlab'
}

export const GITHUB_WORDS: Vocabulary = { changeRequest: 'pull request', mark: '#', directory: '.github' }

export const GITLAB_WORDS: Vocabulary = { changeRequest: 'merge request', mark: '!', directory: '.gitlab' }
