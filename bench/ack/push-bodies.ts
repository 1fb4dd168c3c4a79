import { createRequire } from 'node:module'

interface Commit {
  id: string
  message: string
  modified: string[]
}

interface Push {
  ref: string
  before: string
  after: string
  repository: { full_name: string; name: string }
  head_commit: Commit | null
  commits: Commit[]
}

/**
 * Bodies of pushes as GitHub sends them: an example of its own with 1 to 16 commits, 8 to 20 kB.
 * https://github.com/octokit/webhooks
 */
export function pushBodies(repositories: string[], count: number): Buffer[] {
  const example = pushExample()
  return Array.from({ length: count }, (_, number) => {
    const full_name = repositories[number % repositories.length] ?? 'acme/web'
    const commits = Array.from({ length: 1 + (number % 16) }, (_, index) => commitOf(example, number, index))
    const body: Push = {
      ...example,
      ref: 'refs/heads/main',
      before: hex(number, 1),
      after: commits.at(-1)?.id ?? hex(number, 2),
      repository: { ...example.repository, full_name, name: full_name.split('/')[1] ?? '' },
      head_commit: commits.at(-1) ?? null,
      commits,
    }
    return Buffer.from(JSON.stringify(body))
  })
}

function pushExample(): Push {
  const events = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    name: string
    examples: unknown[]
  }[]
  const pushes = (events.find(({ name }) => name === 'push')?.examples ?? []) as Push[]
  const found = pushes.find(({ commits }) => commits.length > 0)
  if (found === undefined) throw new Error('There is no example of a push with commits.')
  return found
}

function commitOf(example: Push, number: number, index: number): Commit {
  const [first] = example.commits
  if (first === undefined) throw new Error('The example has no commit.')
  return {
    ...first,
    id: hex(number, index + 3),
    message: `Change ${number}.${index}\n\nWith a body that says why it was made, in a sentence or two.`,
    modified: Array.from({ length: 5 }, (_, file) => `src/module-${index}/file-${file}-of-${number}.ts`),
  }
}

function hex(number: number, salt: number): string {
  return (number * 7919 + salt).toString(16).padStart(40, 'a')
}
