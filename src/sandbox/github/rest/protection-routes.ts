import type { Model } from '../../model/model.ts'
import { checksOf, protect, protectionOf, unprotect } from '../../model/protection.ts'
import type { Protection, Repository } from '../../model/types.ts'
import {
  asObject,
  optionalBoolean,
  optionalList,
  optionalNumber,
  optionalObject,
  requireText,
} from './input.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

/** Branch protection. https://docs.github.com/en/rest/branches/branch-protection */
export function addProtectionRoutes({ read, write }: Router): void {
  const path = '/branches/:branch{.+}/protection'
  read(path, [['administration', 'read']], getProtection)
  write('put', path, [['administration', 'write']], putProtection)
  write('delete', path, [['administration', 'write']], ({ model, repository, param }) => {
    unprotect(model, repository, param('branch'))
    return { status: 204 }
  })
}

function getProtection({ model, repository, actor, param }: RepositoryRequest): Reply {
  if (actor.kind !== 'person' && actor.kind !== 'installation')
    throw new ApiError(401, 'Requires authentication')
  if (actor.kind === 'installation' && actor.permissions.administration === undefined) {
    throw new ApiError(403, 'Resource not accessible by integration')
  }
  const protection = protectionOf(model, repository, param('branch'))
  if (protection === null) throw new ApiError(404, 'Branch not protected')
  return json(protectionJson(model, repository, protection))
}

async function putProtection(request: WriteRequest): Promise<Reply> {
  const { model, repository, body, param } = request
  if ((await model.git(repository).ref(`refs/heads/${param('branch')}`)) === null) {
    throw new ApiError(404, 'Branch not found')
  }
  const checks = optionalObject(body, 'required_status_checks')
  const reviews = optionalObject(body, 'required_pull_request_reviews')
  const restrictions = optionalObject(body, 'restrictions')
  const named = (optionalList(checks ?? {}, 'checks') ?? []).map((check) => asObject(check, 'checks'))
  const contexts = [
    ...(optionalList(checks ?? {}, 'contexts') ?? []).map(String),
    ...named.map((check) => requireText(check, 'context')),
  ]
  const apps = named.flatMap((check): [string, number][] => {
    const app = optionalNumber(check, 'app_id') ?? -1
    return app < 0 ? [] : [[requireText(check, 'context'), app]]
  })
  const protection = protect(model, repository, param('branch'), {
    requiredChecks: checks === undefined ? null : [...new Set(contexts)],
    requiredApps: Object.fromEntries(apps),
    strict: (checks && optionalBoolean(checks, 'strict')) ?? false,
    requiredApprovals:
      reviews === undefined ? null : (optionalNumber(reviews, 'required_approving_review_count') ?? 1),
    dismissStaleReviews: (reviews && optionalBoolean(reviews, 'dismiss_stale_reviews')) ?? false,
    enforceAdmins: optionalBoolean(body, 'enforce_admins') ?? false,
    restrictPushes:
      restrictions === undefined
        ? null
        : [...(optionalList(restrictions, 'users') ?? []), ...(optionalList(restrictions, 'apps') ?? [])].map(
            String,
          ),
  })
  return json(protectionJson(model, repository, protection))
}

/** GitHub's `branch-protection`. */
export function protectionJson(
  model: Model,
  repository: Repository,
  protection: Protection,
): Record<string, unknown> {
  const url = model.urls.repositoryApi(repository, `/branches/${protection.branch}/protection`)
  const { requiredChecks, requiredApprovals } = protection
  return {
    url,
    enabled: true,
    ...(requiredChecks === null
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: protection.strict,
            enforcement_level: protection.enforceAdmins ? 'everyone' : 'non_admins',
            contexts: requiredChecks,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: checksOf(protection).map(({ context, app }) => ({ context, app_id: app })),
          },
        }),
    ...(requiredApprovals === null
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: protection.dismissStaleReviews,
            require_code_owner_reviews: false,
            required_approving_review_count: requiredApprovals,
            require_last_push_approval: false,
          },
        }),
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  }
}
