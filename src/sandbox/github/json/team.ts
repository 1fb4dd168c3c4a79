import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import type { Team } from '../../model/teams.ts'

/** GitHub's `team`. */
export function teamJson(model: Model, team: Team): Record<string, unknown> {
  const api = model.urls.api(`/organizations/${team.organizationId}/team/${team.id}`)
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    url: api,
    html_url: model.urls.html(`/orgs/${team.organizationId}/teams/${team.slug}`),
    name: team.name,
    slug: team.slug,
    description: '',
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    type: 'organization',
    organization_id: team.organizationId,
    parent: null,
  }
}
