import { accountById } from '../../model/access.ts'
import type { Model } from '../../model/model.ts'
import type { Account } from '../../model/types.ts'

/** A user, as it stands in everything that has an author. https://docs.gitlab.com/api/users/ */
export function userJson(model: Model, account: Account): Record<string, unknown> {
  return {
    id: account.id,
    username: account.login,
    public_email: '',
    name: account.name,
    state: account.blocked === true ? 'blocked' : 'active',
    locked: false,
    avatar_url: model.urls.html(`/avatars/${account.id}`),
    web_url: model.urls.html(`/${account.login}`),
  }
}

export function userById(model: Model, id: number): Record<string, unknown> {
  return userJson(model, accountById(model, id))
}

/** `GET /user`. */
export function ownUserJson(model: Model, account: Account): Record<string, unknown> {
  const none = null
  return {
    ...userJson(model, account),
    created_at: account.createdAt,
    bio: '',
    location: '',
    linkedin: '',
    twitter: '',
    discord: '',
    website_url: '',
    github: '',
    job_title: '',
    pronouns: none,
    organization: '',
    bot: account.type === 'Bot',
    work_information: none,
    local_time: none,
    last_sign_in_at: none,
    confirmed_at: account.createdAt,
    last_activity_on: none,
    email: account.email,
    theme_id: 3,
    color_scheme_id: 1,
    projects_limit: 100_000,
    current_sign_in_at: none,
    identities: [],
    can_create_group: account.type !== 'Bot',
    can_create_project: account.type !== 'Bot',
    two_factor_enabled: false,
    external: false,
    private_profile: false,
    commit_email: account.email,
    ...(account.id === model.you.id ? { is_admin: true } : {}),
  }
}
