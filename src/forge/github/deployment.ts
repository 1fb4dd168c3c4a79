import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { DeploymentPlace, DeploymentWish } from '../feedback.ts'
import type { Session } from './client.ts'

const STATES = { running: 'in_progress', success: 'success', failure: 'failure' } as const
/** Of a state that was never told. */
const UNTOLD = { state: 'pending', environment_url: null }

interface Deployment {
  id: number
  commit: Oid
  status: z.infer<typeof statusSchema> | typeof UNTOLD
}

/**
 * A transient deployment; the slot is its task, by which GitHub can look it up. `auto_inactive` would end those of other
 * slots. https://docs.github.com/en/rest/deployments/deployments
 */
export async function ensureDeployment(session: Session, wish: DeploymentWish): Promise<void> {
  const active = await readActive(session, wish)
  const known = active.find(({ commit }) => commit === wish.commit)
  const state = STATES[wish.state]
  const url = wish.url ?? ''
  if (known?.status.state !== state || (known.status.environment_url ?? '') !== url) {
    const id = known?.id ?? (await create(session, wish))
    await report(session, id, { state, ...(url === '' ? {} : { environment_url: url }) })
  }
  if (wish.state === 'success') await endAll(session, active, wish.commit)
}

export async function endDeployment(session: Session, place: DeploymentPlace): Promise<void> {
  await endAll(session, await readActive(session, place), null)
}

/** The oldest first, so that what is left when this fails half-way is found by `readActive`. */
async function endAll(session: Session, active: Deployment[], but: Oid | null): Promise<void> {
  for (const { id } of active.filter(({ commit }) => commit !== but).reverse()) {
    await report(session, id, { state: 'inactive' })
  }
}

async function create({ owner, repo, write }: Session, wish: DeploymentWish): Promise<number> {
  const { data } = await write((request) =>
    request('POST /repos/{owner}/{repo}/deployments', {
      owner,
      repo,
      ref: wish.commit,
      task: taskOf(wish),
      environment: wish.environment,
      auto_merge: false,
      required_contexts: [],
      transient_environment: true,
      production_environment: false,
    }),
  )
  return deploymentSchema.parse(data).id
}

type Status = { state: 'in_progress' | 'success' | 'failure' | 'inactive'; environment_url?: string }

async function report({ owner, repo, write }: Session, id: number, status: Status): Promise<void> {
  await write((request) =>
    request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      owner,
      repo,
      deployment_id: id,
      auto_inactive: false,
      ...status,
    }),
  )
}

const deploymentSchema = z.object({ id: z.number(), sha: z.string() })
const statusSchema = z.object({ id: z.number(), state: z.string(), environment_url: z.string().nullish() })

/** The newest deployments of a place, down to the first that is over: all before that one are over as well. */
async function readActive({ owner, repo, read }: Session, place: DeploymentPlace): Promise<Deployment[]> {
  const { data } = await read((request) =>
    request('GET /repos/{owner}/{repo}/deployments', {
      owner,
      repo,
      environment: place.environment,
      task: taskOf(place),
      per_page: 100,
    }),
  )
  const newest = z
    .array(deploymentSchema)
    .parse(data)
    .sort((a, b) => b.id - a.id)
  const active: Deployment[] = []
  for (const { id, sha } of newest) {
    const answer = await read((request) =>
      request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
        owner,
        repo,
        deployment_id: id,
        per_page: 100,
      }),
    )
    const [status = UNTOLD] = z
      .array(statusSchema)
      .parse(answer.data)
      .sort((a, b) => b.id - a.id)
    if (status.state === 'inactive') break
    active.push({ id, commit: sha, status })
  }
  return active
}

function taskOf({ slot }: DeploymentPlace): string {
  return `deploy:${slot}`
}
