import type { ForgeId, RepositoryId } from '../../domain/repository.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client, Session } from './client.ts'
import type { Access } from './tokens.ts'

const PER_PAGE = 100

/** Every repository of every installation that is not suspended, or everything that a plain token may see. */
export async function listRepositories(client: Client, forge: ForgeId): Promise<RepositoryId[]> {
  const { app, plain } = client.tokens
  const names = app === null ? await ofToken(client, plain) : await ofApp(client, app)
  return [...new Set(names)].map((path) => ({ forge, path }))
}

async function ofApp(client: Client, app: Access): Promise<string[]> {
  const session = client.sessionOf(app, 'the app')
  const installations = await allPages(async (page) => {
    const { data } = await session.read((request) =>
      request('GET /app/installations', { per_page: PER_PAGE, page }),
    )
    return data
  })
  const names: string[] = []
  for (const { id, suspended_at } of installations) {
    if (suspended_at !== null && suspended_at !== undefined) continue
    const access = client.tokens.forInstallation(id)
    names.push(...(await ofInstallation(client.sessionOf(access, `installation ${id}`))))
  }
  return names
}

async function ofToken(client: Client, access: Access | null): Promise<string[]> {
  if (access === null) return []
  const session = client.sessionOf(access, 'the token')
  try {
    const repositories = await allPages(async (page) => {
      const { data } = await session.read((request) =>
        request('GET /user/repos', { per_page: PER_PAGE, page }),
      )
      return data
    })
    return repositories.map(({ full_name }) => full_name)
  } catch (error) {
    // the token of a workflow belongs to an installation and to no user
    if (statusOf(error) !== 403 && statusOf(error) !== 404) throw error
    return await ofInstallation(session)
  }
}

async function ofInstallation(session: Session): Promise<string[]> {
  const repositories = await allPages(async (page) => {
    const { data } = await session.read((request) =>
      request('GET /installation/repositories', { per_page: PER_PAGE, page }),
    )
    return data.repositories
  })
  return repositories.map(({ full_name }) => full_name)
}

/** A short page is the last one. A page that cannot be read throws: there are no lists with holes. */
async function allPages<T>(read: (page: number) => Promise<T[]>): Promise<T[]> {
  const items: T[] = []
  for (let page = 1; ; page++) {
    const some = await read(page)
    items.push(...some)
    if (some.length < PER_PAGE) return items
  }
}
