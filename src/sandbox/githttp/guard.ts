import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ZERO_OID } from '../../domain/commit.ts'
import type { RefChange } from '../model/events.ts'
import type { Model } from '../model/model.ts'
import { protectionOf, pushRefusal } from '../model/protection.ts'
import { pullsOf } from '../model/pulls.ts'
import { hooksDirectory } from '../model/repositories.ts'
import type { Actor, Repository } from '../model/types.ts'

const HEADS = 'refs/heads/'

/** Refuses a reference by the rules in its environment: `<ref> TAB refuse|ff TAB <message>` per line. */
const UPDATE = `#!/bin/sh
tab=$(printf '\\t')
printf '%s\\n' "$SANDBOX_RULES" | while IFS="$tab" read -r ref kind message; do
  [ "$ref" = "$1" ] || continue
  if [ "$kind" = refuse ] || ! git merge-base --is-ancestor "$2" "$3"; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    echo "error: $message" >&2
    exit 1
  fi
done
`

/** Says something to the person who pushes. */
const POST_RECEIVE = `#!/bin/sh
[ -z "$SANDBOX_NOTE" ] || printf '%s\\n' "$SANDBOX_NOTE" >&2
`

/** Writes the hooks that `guardEnvironment` speaks to. */
export function writeHooks(dataDir: string): void {
  const directory = hooksDirectory(dataDir)
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of [
    ['update', UPDATE],
    ['post-receive', POST_RECEIVE],
  ] as const) {
    writeFileSync(join(directory, name), text)
    chmodSync(join(directory, name), 0o755)
  }
}

/** The environment under which `git receive-pack` keeps the rules of protected branches. */
export function guardEnvironment(
  model: Model,
  repository: Repository,
  actor: Actor,
  commands: readonly RefChange[],
): Record<string, string> {
  const rules = commands.flatMap((command) => ruleOf(model, repository, actor, command))
  const note = noteOf(model, repository, commands)
  if (rules.length === 0 && note === '') return {}
  return {
    SANDBOX_RULES: rules.join('\n'),
    SANDBOX_NOTE: note,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: hooksDirectory(model.dataDir),
  }
}

function ruleOf(
  model: Model,
  repository: Repository,
  actor: Actor,
  { ref, before, after }: RefChange,
): string[] {
  if (!ref.startsWith(HEADS) || before === ZERO_OID) return []
  const branch = ref.slice(HEADS.length)
  const protection = protectionOf(model, repository, branch)
  if (protection === null) return []
  if (after === ZERO_OID) return [`${ref}\trefuse\tCannot delete this protected branch`]
  const reason = pushRefusal(model, actor, repository, branch, after)
  if (reason !== null) return [`${ref}\trefuse\t${reason}`]
  if (protection.levels?.allowForcePush === true) return []
  return [`${ref}\tff\tCannot force-push to this protected branch`]
}

/** Where to open a pull request for a branch that is new, as forges tell. */
function noteOf(model: Model, repository: Repository, commands: readonly RefChange[]): string {
  const branch = commands.find(({ ref, before }) => ref.startsWith(HEADS) && before === ZERO_OID)?.ref
  const name = branch?.slice(HEADS.length)
  if (name === undefined || name === repository.defaultBranch) return ''
  if (pullsOf(model, repository).some((pull) => pull.state === 'open' && pull.headBranch === name)) return ''
  const { kind, words } = model.flavour
  const url =
    kind === 'gitlab'
      ? model.urls.repository(
          repository,
          `/pulls/new?merge_request%5Bsource_branch%5D=${encodeURIComponent(name)}`,
        )
      : model.urls.repository(repository, `/compare/${name}`)
  return `\nCreate a ${words.pull} for '${name}' by visiting:\n     ${url}\n`
}
