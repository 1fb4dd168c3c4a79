import { errorKind, SupercargoError } from '../domain/errors.ts'
import type { RepositoryId } from '../domain/repository.ts'
import {
  type About,
  type Answer,
  type Answers,
  type Known,
  type Question,
  questionKey,
} from '../plan/questions.ts'
import type { Registry } from '../registry/registry.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import { reasonOf } from './reason-of.ts'

type Asked = Pick<Dependencies, 'forges' | 'registry' | 'prober'>
type NotOfRegistries = 'checks' | 'page' | 'pull-request'
type ChecksQuestion = Extract<Question, { about: 'checks' }>
type PullRequestQuestion = Extract<Question, { about: 'pull-request' }>
type OtherQuestion = Exclude<Question, ChecksQuestion | PullRequestQuestion>

/**
 * Asks each question once, all at the same time, and the checks of one branch together. What nobody could say is an
 * answer as well: a registry that does not answer keeps nothing from the other targets.
 */
export async function answerQuestions(
  { forges, registry, prober }: Asked,
  source: RepositoryId,
  questions: readonly Question[],
): Promise<Answers> {
  const distinct = new Map(questions.map((question) => [questionKey(question), question]))
  const byBranch = new Map<string, ChecksQuestion[]>()
  const pullRequests: PullRequestQuestion[] = []
  const others: [string, OtherQuestion][] = []
  for (const [key, question] of distinct) {
    if (question.about === 'checks')
      byBranch.set(question.branch, [...(byBranch.get(question.branch) ?? []), question])
    else if (question.about === 'pull-request') pullRequests.push(question)
    else others.push([key, question])
  }
  const answered = [
    ...others.map(
      async ([key, question]): Promise<[string, Answer][]> => [
        [
          key,
          await attempt<Known[About]>(() =>
            question.about === 'page' ? prober.ask(question) : askRegistry(registry, source, question),
          ),
        ],
      ],
    ),
    ...[...byBranch].map(([branch, asked]) => askChecks(forges, source, branch, asked)),
    ...(pullRequests.length === 0 ? [] : [askPullRequests(forges, source, pullRequests)]),
  ]
  return Object.fromEntries((await Promise.all(answered)).flat())
}

async function askRegistry(
  registry: Registry,
  source: RepositoryId,
  question: Exclude<Question, { about: NotOfRegistries }>,
): Promise<Known[Exclude<About, NotOfRegistries>]> {
  const { image } = question
  switch (question.about) {
    case 'manifest':
      return await registry.resolve(image, question.reference)
    case 'tags':
      return await registry.listTags(image)
    case 'labels':
      return await registry.readLabels(image, question.digest)
    case 'scan':
      return await registry.readScan(image, question.digest)
    case 'signature':
      return await registry.verifySignature(image, question.digest, question.trust)
    case 'retag':
      await registry.mayRetag({ from: question.from, to: image }, source)
      return true
  }
}

async function askChecks(
  forges: Asked['forges'],
  source: RepositoryId,
  branch: string,
  questions: readonly ChecksQuestion[],
): Promise<[string, Answer][]> {
  const commits = questions.map(({ commit }) => commit)
  const read = await attempt(() => forgeOf(forges, source).readChecks(source, branch, commits))
  return questions.map((question) => [
    questionKey(question),
    read.known
      ? {
          known: true,
          value: { required: read.value.required, checks: read.value.commits[question.commit] ?? [] },
        }
      : read,
  ])
}

async function askPullRequests(
  forges: Asked['forges'],
  source: RepositoryId,
  questions: readonly PullRequestQuestion[],
): Promise<[string, Answer][]> {
  const numbers = questions.map(({ number }) => number)
  const read = await attempt(() => forgeOf(forges, source).readPullRequestStates(source, numbers))
  return questions.map((question) => [
    questionKey(question),
    read.known ? { known: true, value: read.value[question.number] ?? null } : read,
  ])
}

async function attempt<T>(
  ask: () => Promise<T>,
): Promise<{ known: true; value: T } | Extract<Answer, { known: false }>> {
  try {
    return { known: true, value: await ask() }
  } catch (error) {
    const kind = errorKind(error)
    if (kind === 'bug') throw error
    const retryAt = error instanceof SupercargoError ? (error.retryAt ?? null) : null
    return { known: false, reason: reasonOf(error), again: kind !== 'permanent', retryAt }
  }
}
