import { canSee, findAccount } from '../../model/access.ts'
import { addRepository, editRepository, removeRepository } from '../../model/administration.ts'
import { commitOnBranch } from '../../model/commits.ts'
import type { Account, Actor, KnownActor, Repository } from '../../model/types.ts'
import { organizationProfileJson } from '../json/account.ts'
import { fullRepositoryJson, permissionsJson, repositoryJson } from '../json/repository.ts'
import { type Body, optionalBoolean, optionalChoice, optionalText, requireText } from './input.ts'
import { paginate } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RestRequest, Router, WriteRequest } from './router.ts'

const ADMINISTRATION = [['administration', 'write']] as const

/**
 * Making, changing and removing repositories, and the lists of an owner's. The app is installed on every
 * owner that gets a repository here, so that a new one is served at once.
 * https://docs.github.com/en/rest/repos/repos
 */
export function addOwnerRoutes({ route, write }: Router): void {
  route('post', '/user/repos', (request) => create(request, person(request).account))
  route('post', '/orgs/:org/repos', (request) => {
    person(request)
    return create(request, organization(request))
  })
  route('get', '/orgs/:org', (request) => json(organizationProfileJson(request.model, organization(request))))
  route('get', '/orgs/:org/repos', (request) => list(request, organization(request)))
  route('get', '/users/:login/repos', (request) => {
    const account = findAccount(request.model, request.param('login'))
    if (account === null) throw new ApiError(404, 'Not Found')
    return list(request, account)
  })
  route('get', '/user/repos', (request) => {
    person(request)
    return list(request, null)
  })
  write('patch', '', ADMINISTRATION, change)
  write('delete', '', ADMINISTRATION, async ({ model, repository, actor }) => {
    await removeRepository(model, repository, actor)
    return { status: 204 }
  })
}

/** @throws ApiError unless a person asks: what belongs to an owner is not for apps */
export function person({ actor }: RestRequest): Actor & { kind: 'person' } {
  if (actor.kind === 'anonymous') throw new ApiError(401, 'Requires authentication')
  if (actor.kind !== 'person') throw new ApiError(403, 'Resource not accessible by integration')
  return actor
}

function organization({ model, param }: RestRequest): Account {
  const account = findAccount(model, param('org'))
  if (account?.type !== 'Organization') throw new ApiError(404, 'Not Found')
  return account
}

async function create(request: RestRequest, owner: Account): Promise<Reply> {
  const { model, body } = request
  const actor = person(request)
  if (owner.type === 'Organization' && actor.account.id !== model.you.id) {
    throw new ApiError(403, 'You need admin access to the organization before adding a repository to it.')
  }
  const wish = {
    owner: owner.login,
    name: repositoryName(requireText(body, 'name')),
    description: optionalText(body, 'description') ?? null,
    private: isPrivate(body) ?? false,
  }
  const repository = await addRepository(model, actor, wish, settings(body))
  if (optionalBoolean(body, 'auto_init') === true) await firstCommit(request, actor, repository)
  return json(fullRepositoryJson(model, repository, actor), 201)
}

async function firstCommit({ model }: RestRequest, actor: KnownActor, repository: Repository): Promise<void> {
  const oid = await model.git(repository).writeBlob(Buffer.from(`# ${repository.name}`))
  await commitOnBranch(model, repository, actor, {
    branch: repository.defaultBranch,
    expectedHead: null,
    message: 'Initial commit',
    changes: [{ path: 'README.md', entry: { mode: '100644', oid } }],
    allowEmptyRepository: true,
  })
}

async function change({ model, repository, actor, body }: WriteRequest): Promise<Reply> {
  const name = optionalText(body, 'name')
  const branch = optionalText(body, 'default_branch')
  if (branch !== undefined && (await model.git(repository).ref(`refs/heads/${branch}`)) === null) {
    throw new ApiError(422, 'Validation Failed', [
      {
        resource: 'Repository',
        code: 'custom',
        field: 'default_branch',
        message: `${branch} does not exist`,
      },
    ])
  }
  const description = optionalText(body, 'description')
  const hidden = isPrivate(body)
  const archived = optionalBoolean(body, 'archived')
  const changed = await editRepository(model, repository, actor, {
    ...settings(body),
    ...(name === undefined ? {} : { name: repositoryName(name) }),
    ...(branch === undefined ? {} : { defaultBranch: branch }),
    ...(description === undefined ? {} : { description }),
    ...(hidden === undefined ? {} : { private: hidden }),
    ...(archived === undefined ? {} : { archived }),
  })
  return json(fullRepositoryJson(model, changed, actor))
}

function list(request: RestRequest, owner: Account | null): Reply {
  const { model, actor } = request
  const repositories = model.tables.repositories
    .all()
    .filter((each) => owner === null || each.ownerId === owner.id)
    .filter((each) => canSee(model, actor, each))
  return paginate(request, repositories, (each) => ({
    ...repositoryJson(model, each),
    permissions: permissionsJson(model, each, actor),
  }))
}

function repositoryName(name: string): string {
  if (/^(?!\.{1,2}$)(?!.*\.git$)[\w.-]{1,100}$/i.test(name)) return name
  throw new ApiError(422, 'Repository creation failed.', [
    { resource: 'Repository', code: 'custom', field: 'name', message: 'name is invalid' },
  ])
}

function isPrivate(body: Body): boolean | undefined {
  const visibility = optionalChoice(body, 'visibility', ['public', 'private', 'internal'])
  return visibility === undefined ? optionalBoolean(body, 'private') : visibility !== 'public'
}

const SETTINGS = {
  allow_merge_commit: 'allowMergeCommit',
  allow_squash_merge: 'allowSquashMerge',
  allow_rebase_merge: 'allowRebaseMerge',
  allow_auto_merge: 'allowAutoMerge',
  delete_branch_on_merge: 'deleteBranchOnMerge',
} as const

function settings(body: Body): Partial<Record<(typeof SETTINGS)[keyof typeof SETTINGS], boolean>> {
  const said = Object.entries(SETTINGS).map(([key, own]) => [own, optionalBoolean(body, key)] as const)
  return Object.fromEntries(said.filter(([, value]) => value !== undefined))
}
