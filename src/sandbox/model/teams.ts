import { findAccount } from './access.ts'
import type { Model } from './model.ts'
import { ensureAccount } from './repositories.ts'
import type { Account } from './types.ts'

/** A team of an organisation on GitHub; its members are rows of `members`, by the id of the team. */
export interface Team {
  id: number
  organizationId: number
  /** `sre` */
  slug: string
  name: string
}

/** The team `slug` of an organisation, whatever the case; null when there is none. */
export function findTeam(model: Model, organization: string, slug: string): Team | null {
  const owner = findAccount(model, organization)
  const teams = owner === null ? [] : model.tables.teams.by(owner.id)
  return teams.find((team) => team.slug === slug.toLowerCase()) ?? null
}

/** Makes a team with these people in it, and nobody else. */
export function setTeam(model: Model, organization: string, slug: string, logins: readonly string[]): Team {
  const owner = ensureAccount(model, organization, 'Organization')
  const known = findTeam(model, organization, slug)
  const team = known ?? { id: model.nextId(), organizationId: owner.id, slug: slug.toLowerCase(), name: slug }
  const before = model.tables.members.by(team.id)
  for (const { id } of before) model.save(['members', id, null])
  if (known === null) model.save(['teams', team])
  for (const login of logins) {
    const { id: accountId } = ensureAccount(model, login)
    const since = { createdAt: model.now(), expiresAt: null }
    model.save(['members', { id: model.nextId(), sourceId: team.id, accountId, level: 30, ...since }])
  }
  return team
}

export function teamMembers(model: Model, { id }: Team): Account[] {
  return model.tables.members.by(id).flatMap(({ accountId }) => model.tables.accounts.get(accountId) ?? [])
}
