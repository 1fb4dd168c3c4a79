import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import type { Account } from '../../model/types.ts'

/** GitHub's `simple-user`. */
export function accountJson(model: Model, account: Account): Record<string, unknown> {
  const login = encodeURIComponent(account.login)
  const api = model.urls.api(`/users/${login}`)
  const html =
    account.type === 'Bot'
      ? model.urls.html(`/apps/${account.login.replace(/\[bot]$/, '')}`)
      : model.urls.html(`/${login}`)
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: model.urls.html(`/avatars/${account.id}`),
    gravatar_id: '',
    url: api,
    html_url: html,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  }
}

/** GitHub's `private-user`/`public-user`: what `GET /user` and `GET /users/{name}` tell. */
export function profileJson(model: Model, account: Account): Record<string, unknown> {
  return {
    ...accountJson(model, account),
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: model.tables.repositories.all().filter(({ ownerId }) => ownerId === account.id).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  }
}

/** GitHub's `organization-simple`, as it stands in webhooks. */
export function organizationJson(model: Model, { id, login }: Account): Record<string, unknown> {
  const api = model.urls.api(`/orgs/${login}`)
  return {
    login,
    id,
    node_id: nodeId('Organization', id),
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: model.urls.html(`/avatars/${id}`),
    description: null,
  }
}

/** GitHub's `organization-full`: what `GET /orgs/{org}` tells. */
export function organizationProfileJson(model: Model, account: Account): Record<string, unknown> {
  return {
    ...organizationJson(model, account),
    name: account.name,
    html_url: model.urls.html(`/${account.login}`),
    type: 'Organization',
    has_organization_projects: false,
    has_repository_projects: false,
    public_repos: model.tables.repositories.all().filter(({ ownerId }) => ownerId === account.id).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
    archived_at: null,
  }
}

/** The account behind an author or committer; null when no account has the address. */
export function accountByEmail(model: Model, email: string): Account | null {
  if (email === 'noreply@github.com') return model.tables.accounts.by('web-flow')[0] ?? null
  return model.tables.accounts.all().find((account) => account.email === email) ?? null
}
