import { GITHUB_WORDS } from '../../src/domain/vocabulary.ts'
import type { Access } from '../../src/forge/feedback.ts'
import type { Forge, ManifestSnapshot, RepositorySnapshot, SourceSnapshot } from '../../src/forge/forge.ts'
import type { StateChange } from '../../src/forge/state.ts'

/** What a forge says of one application, its manifests and one person, as plain data. */
export interface ForgeFacts {
  source: RepositorySnapshot
  offers: SourceSnapshot
  manifests: ManifestSnapshot
  comment: { text: string; login: string; person: boolean }
  /** Of the person, by the path of the repository. */
  access: Record<string, Access>
  /** Teams of the person. */
  teams: string[]
}

/** A forge that says just this, for tables with more cells than a forge with Git could be asked for. */
export interface ForgeOfData {
  forge: Forge
  /** What was written on the state branch. */
  said: StateChange[]
}

/** Whatever else is asked of it is a mistake of the test, or a write that nobody expects. */
export function forgeOfData(facts: ForgeFacts): ForgeOfData {
  const said: StateChange[] = []
  const answers: Partial<Forge> = {
    id: 'github',
    words: GITHUB_WORDS,
    readRepository: async () => facts.source,
    readSource: async () => facts.offers,
    readManifests: async (_, query) => ({
      ...facts.manifests,
      ...(query.state === undefined ? {} : { state: { head: null, files: {}, messages: [], trusted: true } }),
    }),
    readComment: async () => ({ ...facts.comment, url: 'https://forge.example/comment/1' }),
    readAccess: async ({ path }) => facts.access[path] ?? 'none',
    readMembership: async (_, team) => facts.teams.includes(team),
    writeState: async (_, { changes }) => void said.push(...changes),
  }
  const forge = new Proxy(answers, {
    get(target, name) {
      if (name in target) return target[name as keyof Forge]
      throw new Error(`The forge was asked for ${String(name)}.`)
    },
  })
  return { forge: forge as Forge, said }
}
