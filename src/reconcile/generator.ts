import type { Previews } from '../config/model.ts'
import { SupercargoError } from '../domain/errors.ts'
import { lruCache } from '../domain/lru.ts'
import { type ForgeId, parseRepository, type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { Forge, ManifestFile } from '../forge/forge.ts'
import { namingOf, previewId } from '../plan/previews/files.ts'
import { type PreviewSource, readPreviewSource, readPreviewsInGit } from './previews-in-git.ts'

/** How long an answer is given again, in milliseconds: many that ask at once cost one reading. */
const FRESH = 5_000

/** Answers that are kept. */
const CAPACITY = 500

/** The values of one preview as its file in Git says them, with an `id` that stays as long as it lives. */
export type PreviewInput = { id: string } & Record<string, unknown>

export interface GeneratorQuery {
  /** `acme/web`, `gitlab:acme/web`. */
  source: string
  /** Null: the only one that has previews. */
  app: string | null
}

/** Tells engines which previews Git holds, never what a plan would make of them. */
export interface Generator {
  /**
   * All previews of an app. [] only where Git was read and holds none; everything else that is not known is thrown, because
   * an engine deletes what is not listed.
   */
  inputs(query: GeneratorQuery): Promise<readonly PreviewInput[]>
}

/** @param home the forge of a source that names none */
export function createGenerator({
  forges,
  home,
  now,
}: {
  forges: ReadonlyMap<ForgeId, Forge>
  home: ForgeId
  now(): Date
}): Generator {
  const answers = lruCache<{ at: number | null; inputs: Promise<PreviewInput[]> }>(CAPACITY)
  return {
    inputs: async ({ source, app }) => {
      const repository = parseRepository(source, home)
      const key = JSON.stringify([repositoryKey(repository).toLowerCase(), app])
      const known = answers.get(key)
      if (known !== undefined && (known.at === null || now().getTime() - known.at < FRESH))
        return known.inputs
      const entry: { at: number | null; inputs: Promise<PreviewInput[]> } = {
        at: null,
        inputs: readInputs(repository, app, forges).finally(() => {
          entry.at = now().getTime()
        }),
      }
      answers.set(key, entry)
      return entry.inputs
    },
  }
}

async function readInputs(
  repository: RepositoryId,
  app: string | null,
  forges: ReadonlyMap<ForgeId, Forge>,
): Promise<PreviewInput[]> {
  const source = await readPreviewSource(repository, forges)
  const previews = choose(source, app)
  if (!previews.path.endsWith('.json')) {
    throw refused(
      'previews-not-json',
      `The previews at ${previews.path} are no JSON files, so they hold no values.`,
      {
        advice: 'Let "path" end with .json and leave out "template"; or point the engine at the path in Git.',
      },
    )
  }
  const inGit = await readPreviewsInGit(source, previews, { forges, texts: true })
  return [...inGit].map(([path, files]) => inputOf(previews, path, files))
}

function choose({ repository, apps }: PreviewSource, wanted: string | null): Previews {
  const name = repositoryKey(repository)
  const having = apps.flatMap((app) =>
    app.previews === null ? [] : [{ name: app.name, previews: app.previews }],
  )
  const names = having.map((app) => app.name).join(', ')
  if (wanted !== null && !apps.some((app) => app.name === wanted)) {
    const advice = having.length === 0 ? undefined : `Those with previews are: ${names}.`
    throw refused('app-unknown', `${name} has no app named ${JSON.stringify(wanted.slice(0, 63))}.`, {
      advice,
    })
  }
  const chosen = wanted === null ? having : having.filter((app) => app.name === wanted)
  const [only, ...others] = chosen
  if (only === undefined) {
    const advice = 'Write "previews:" in its configuration.'
    const message =
      wanted === null ? `No app of ${name} has previews.` : `${wanted} of ${name} has no previews.`
    throw refused('no-previews', message, { advice })
  }
  if (others.length > 0) {
    throw refused('app-missing', `Several apps of ${name} have previews.`, {
      advice: `Name one as "app": ${names}.`,
    })
  }
  return only.previews
}

/** Anything that is not as the bot wrote it makes the whole answer fail: without it, something would be deleted. */
function inputOf(previews: Previews, path: string, files: readonly ManifestFile[]): PreviewInput {
  const values = parse(files.length === 1 && files[0]?.path === path ? files[0].text : null)
  const naming = previews.template === null ? Object.entries(namingOf(previews, path)) : []
  if (values === null || naming.some(([name, value]) => values[name] !== value)) {
    throw refused('preview-unreadable', `${path} is not the JSON file of a preview.`, {
      advice: 'Restore it, or move it away from where the previews are.',
    })
  }
  return { ...values, id: previewId(previews, path) }
}

function parse(text: string | null): Record<string, unknown> | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

function refused(code: string, message: string, { advice }: { advice: string | undefined }): SupercargoError {
  return new SupercargoError(message, {
    code,
    kind: 'permanent',
    ...(advice === undefined ? {} : { advice }),
  })
}
