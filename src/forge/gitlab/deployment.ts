import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { DeploymentPlace, DeploymentWish } from '../feedback.ts'
import type { Client } from './client.ts'

const STATES = { running: 'running', success: 'success', failure: 'failed' } as const

const environmentSchema = z.object({
  id: z.number(),
  name: z.string(),
  /** `available`, `stopping`, `stopped`. */
  state: z.string(),
  external_url: z.string().nullish(),
})

type Environment = z.infer<typeof environmentSchema>

const deploymentSchema = z.object({ id: z.number(), sha: z.string(), status: z.string() })

/** An environment with its newest deployment. https://docs.gitlab.com/api/deployments/ */
export async function ensureDeployment(
  client: Client,
  repository: RepositoryId,
  wish: DeploymentWish,
): Promise<void> {
  const { deployments } = client.rest
  const { path } = repository
  const environment = await ensureEnvironment(client, repository, wish)
  const status = STATES[wish.state]
  const newest = environment.state === 'available' ? await readNewest(client, repository, wish) : null
  if (newest?.sha === wish.commit && newest.status === status) return
  // what has ended cannot run again
  const again = newest?.sha !== wish.commit || status === 'running'
  if (again) await deployments.create(path, environment.name, wish.commit, wish.branch, false, { status })
  else await deployments.edit(path, newest.id, status)
}

/** Stops the environment, and deletes it with its deployments. https://docs.gitlab.com/api/environments/ */
export async function endDeployment(
  client: Client,
  repository: RepositoryId,
  place: DeploymentPlace,
): Promise<void> {
  const { environments } = client.rest
  const known = await findEnvironment(client, repository, place)
  if (known === null) return
  const { state } =
    known.state === 'stopped'
      ? known
      : environmentSchema.parse(await environments.stop(repository.path, known.id))
  // a job of the team's own may have to stop it first
  if (state === 'stopped') await environments.remove(repository.path, known.id)
}

async function ensureEnvironment(
  client: Client,
  repository: RepositoryId,
  wish: DeploymentWish,
): Promise<Environment> {
  const { environments } = client.rest
  const url = wish.url === null ? {} : { externalUrl: wish.url }
  const known = await findEnvironment(client, repository, wish)
  if (known === null) {
    const made = await environments.create(repository.path, nameOf(wish), { tier: 'development', ...url })
    return environmentSchema.parse(made)
  }
  if (wish.url !== null && known.external_url !== wish.url) {
    await environments.edit(repository.path, known.id, url)
  }
  return known
}

async function findEnvironment(
  client: Client,
  { path }: RepositoryId,
  place: DeploymentPlace,
): Promise<Environment | null> {
  const name = nameOf(place)
  const found = await client.rest.environments.all(path, { name, maxPages: 1 })
  return (
    z
      .array(environmentSchema)
      .parse(found)
      .find((each) => each.name === name) ?? null
  )
}

async function readNewest(client: Client, { path }: RepositoryId, place: DeploymentPlace) {
  const order = { orderBy: 'id' as const, sort: 'desc' as const, perPage: 1, maxPages: 1 }
  const found = await client.rest.deployments.all(path, { environment: nameOf(place), ...order })
  return z.array(deploymentSchema).parse(found)[0] ?? null
}

function nameOf({ environment, slot }: DeploymentPlace): string {
  return `${environment}/${slot}`
}
