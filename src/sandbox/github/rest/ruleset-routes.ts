import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import { rulesetsOf } from '../../model/rulesets.ts'
import type { Repository, RequiredCheck, Ruleset } from '../../model/types.ts'
import {
  asObject,
  invalidRequest,
  optionalBoolean,
  optionalChoice,
  optionalList,
  optionalNumber,
  optionalObject,
  requireText,
} from './input.ts'
import { paginate } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const ADMINISTRATION = [['administration', 'write']] as const
const METADATA = [['metadata', 'read']] as const

/**
 * Rulesets, of which the sandbox knows one rule: required status checks, for what is merged into a branch.
 * https://docs.github.com/en/rest/repos/rules
 */
export function addRulesetRoutes({ read, write }: Router): void {
  read('/rules/branches/:branch{.+}', METADATA, (request) => {
    const { model, repository, param } = request
    return paginate(request, rulesetsOf(model, repository, param('branch')), (ruleset) => ({
      ...ruleJson(ruleset),
      ruleset_source_type: 'Repository',
      ruleset_source: `${repository.owner}/${repository.name}`,
      ruleset_id: ruleset.id,
    }))
  })
  read('/rulesets', METADATA, (request) => {
    const { model, repository } = request
    return paginate(request, model.tables.rulesets.by(repository.id), (each) =>
      summaryJson(model, repository, each),
    )
  })
  write('post', '/rulesets', ADMINISTRATION, create)
  read('/rulesets/:id{[0-9]+}', METADATA, (request) =>
    json(rulesetJson(request.model, request.repository, find(request))),
  )
  write('delete', '/rulesets/:id{[0-9]+}', ADMINISTRATION, (request) => {
    request.model.save(['rulesets', find(request).id, null])
    return { status: 204 }
  })
}

function create({ model, repository, body }: WriteRequest): Reply {
  const ref = optionalObject(optionalObject(body, 'conditions') ?? {}, 'ref_name') ?? {}
  const rules = (optionalList(body, 'rules') ?? []).map((rule) => asObject(rule, 'rules'))
  const other = rules.find(({ type }) => type !== 'required_status_checks')
  if (other !== undefined) throw invalidRequest(`The sandbox knows no rule ${JSON.stringify(other.type)}.`)
  const parameters = rules.map((rule) => optionalObject(rule, 'parameters') ?? {})
  const ruleset: Ruleset = {
    id: model.nextId(),
    repositoryId: repository.id,
    name: requireText(body, 'name'),
    enforcement: optionalChoice(body, 'enforcement', ['active', 'evaluate', 'disabled']) ?? 'active',
    include: (optionalList(ref, 'include') ?? []).map(String),
    exclude: (optionalList(ref, 'exclude') ?? []).map(String),
    checks: parameters.flatMap((each) => (optionalList(each, 'required_status_checks') ?? []).map(readCheck)),
    strict: parameters.some((each) => optionalBoolean(each, 'strict_required_status_checks_policy') ?? false),
    createdAt: model.now(),
    updatedAt: model.now(),
  }
  model.save(['rulesets', ruleset])
  return json(rulesetJson(model, repository, ruleset), 201)
}

function readCheck(value: unknown): RequiredCheck {
  const check = asObject(value, 'required_status_checks')
  return { context: requireText(check, 'context'), app: optionalNumber(check, 'integration_id') ?? null }
}

function find({ model, repository, param }: RepositoryRequest): Ruleset {
  const ruleset = model.tables.rulesets.get(Number(param('id')))
  if (ruleset?.repositoryId !== repository.id) throw new ApiError(404, 'Not Found')
  return ruleset
}

/** GitHub's `repository-ruleset`. */
function rulesetJson(model: Model, repository: Repository, ruleset: Ruleset): Record<string, unknown> {
  const { include, exclude } = ruleset
  return {
    ...summaryJson(model, repository, ruleset),
    conditions: { ref_name: { include, exclude } },
    rules: [ruleJson(ruleset)],
    bypass_actors: [],
    current_user_can_bypass: 'never',
  }
}

function summaryJson(model: Model, repository: Repository, ruleset: Ruleset): Record<string, unknown> {
  const { id, name, enforcement, createdAt, updatedAt } = ruleset
  return {
    id,
    node_id: nodeId('RepositoryRuleset', id),
    name,
    target: 'branch',
    source_type: 'Repository',
    source: `${repository.owner}/${repository.name}`,
    enforcement,
    created_at: createdAt,
    updated_at: updatedAt,
    _links: {
      self: { href: model.urls.repositoryApi(repository, `/rulesets/${id}`) },
      html: { href: model.urls.repository(repository, `/rules/${id}`) },
    },
  }
}

function ruleJson({ checks, strict }: Ruleset): Record<string, unknown> {
  return {
    type: 'required_status_checks',
    parameters: {
      strict_required_status_checks_policy: strict,
      do_not_enforce_on_create: false,
      required_status_checks: checks.map(({ context, app }) => ({
        context,
        ...(app === null ? {} : { integration_id: app }),
      })),
    },
  }
}
