import type { ForgeId } from '../domain/repository.ts'
import type { Reviewer, Role, Who } from './model.ts'
import { type Parsed, right, wrong } from './parsed.ts'

const ADVICE = 'Write user:alice, team:acme/sre, group:acme/sre or role:maintain.'
const LOGIN = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?$/
const TEAM = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/

/** In the words of GitHub, and of GitLab: https://docs.gitlab.com/user/permissions/#roles */
const ROLES: Readonly<Record<string, Role>> = {
  write: 'write',
  developer: 'write',
  maintain: 'maintain',
  maintainer: 'maintain',
  admin: 'admin',
  owner: 'admin',
}

/**
 * `user:alice`, `team:acme/sre`, `group:acme/sre`, `role:maintain`; `user:gitlab:alice` is somebody of another forge.
 * @param forge of whom no forge is said
 */
export function parseWho(text: string, forge: ForgeId): Parsed<Who> {
  const [, kind = '', rest = ''] = /^([a-z]+):(.*)$/.exec(text) ?? []
  if (kind === 'role') return parseRole(rest)
  const [, named = forge, name = ''] = /^(?:([a-z][a-z0-9-]*):)?(.*)$/.exec(rest) ?? []
  if (kind === 'user' && LOGIN.test(name)) return right({ kind, forge: named, login: name })
  if ((kind === 'team' || kind === 'group') && TEAM.test(name)) {
    if (kind === 'group' || name.includes('/')) return right({ kind: 'team', forge: named, path: name })
    return wrong(
      `The team "${name}" does not say whose it is.`,
      `Write the organisation before it, such as team:acme/${name}, or group:${name} for a group of GitLab.`,
    )
  }
  return wrong(`${JSON.stringify(text.slice(0, 80))} names nobody.`, ADVICE)
}

/** The same for those whom the bot asks for a review: people of the manifest repository's forge. */
export function parseReviewer(text: string, forge: ForgeId): Parsed<Reviewer> {
  const who = parseWho(text, forge)
  if (!who.ok) return who
  const { value } = who
  if (value.kind === 'role')
    return wrong('A role cannot be asked for a review.', 'Write user:alice, team:acme/sre or group:acme/sre.')
  if (value.forge === forge) return right(value)
  return wrong(
    `${JSON.stringify(text)} is on another forge, where nobody can review a change of this repository.`,
    'Name somebody of the forge of this repository, without a forge before it.',
  )
}

function parseRole(word: string): Parsed<Who> {
  if (Object.hasOwn(ROLES, word)) return right({ kind: 'role', role: ROLES[word] ?? 'admin' })
  if (['read', 'triage', 'guest', 'planner', 'reporter'].includes(word))
    return wrong(
      `The role "${word}" is too little: whoever may only read must not decide what runs.`,
      'Write role:write, role:maintain or role:admin, or name people.',
    )
  return wrong(
    `${JSON.stringify(word.slice(0, 80))} is not a role.`,
    'Write role:write, role:maintain or role:admin (on GitLab also developer, maintainer, owner).',
  )
}
