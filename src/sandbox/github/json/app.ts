import { accountById } from '../../model/access.ts'
import { appOf } from '../../model/apps.ts'
import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import type { Account, Installation } from '../../model/types.ts'
import { accountJson } from './account.ts'

/**
 * GitHub's `integration`: the app as others see it. It belongs to the sandbox's own person.
 * @param bot the account of another app
 */
export function integrationJson(model: Model, bot: Account = model.bot): Record<string, unknown> {
  const app = appOf(model, bot)
  const own = bot.id === model.bot.id
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('App', app.id),
    client_id: app.clientId,
    owner: accountJson(model, model.you),
    name: app.name,
    description: null,
    external_url: model.urls.html(`/apps/${app.slug}`),
    html_url: model.urls.html(`/apps/${app.slug}`),
    created_at: bot.createdAt,
    updated_at: bot.createdAt,
    permissions: own ? model.app.permissions : { checks: 'write', metadata: 'read', statuses: 'write' },
    events: own ? model.app.events : [],
  }
}

/** GitHub's `installation`. */
export function installationJson(model: Model, installation: Installation): Record<string, unknown> {
  const account = accountById(model, installation.accountId)
  return {
    id: installation.id,
    account: accountJson(model, account),
    repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
    access_tokens_url: model.urls.api(`/app/installations/${installation.id}/access_tokens`),
    repositories_url: model.urls.api('/installation/repositories'),
    html_url: model.urls.html(`/settings/installations/${installation.id}`),
    app_id: model.app.id,
    client_id: model.app.clientId,
    app_slug: model.app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt === null ? null : accountJson(model, model.you),
    suspended_at: installation.suspendedAt,
  }
}
