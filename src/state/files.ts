import type { z } from 'zod'
import { NAME_PATTERN, STATE_BRANCH } from '../domain/names.ts'
import type { ForgeId } from '../domain/repository.ts'
import type { StateChange, StateSnapshot } from '../forge/state.ts'
import { environmentSchema, placesSchema, previewSchema } from './schemas.ts'
import type { EnvironmentState, PreviewPlaces, PreviewState, SourceState, StateRead } from './state.ts'

/** Below it is what is kept about all application repositories. */
export const STATE_ROOT = '.supercargo/state'

/** A repository by what stays the same when it is renamed. */
export interface SourceIdentity {
  forge: ForgeId
  /** The forge's own id. */
  id: string
}

/** Everything that is kept about one application repository is below this directory. */
export function stateDirectory({ forge, id }: SourceIdentity): string {
  return `${STATE_ROOT}/${forge}/${id}`
}

/**
 * What the files say. One that cannot be understood makes all of it unreadable: it may be a lock. Where there is no
 * branch, nothing was said.
 */
export function readState(source: SourceIdentity, snapshot: StateSnapshot | undefined): StateRead {
  if (snapshot === undefined) return unreadable('it was not read')
  if (!snapshot.trusted)
    return unreadable('somebody else committed to it, or it could not be read completely')
  const value: Record<keyof SourceState, [string, unknown][]> = { environments: [], previews: [], places: [] }
  for (const [path, text] of Object.entries(snapshot.files)) {
    const place = placeOf(source, path)
    if (place === null) return unreadable(`${path} is no file of this version of Supercargo`)
    const parsed = place.schema.safeParse(parseJson(text))
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
      return unreadable(`${path} does not hold what it should${at}`)
    }
    value[place.kind].push([place.key, parsed.data])
  }
  return {
    ok: true,
    head: snapshot.head,
    value: {
      environments: Object.fromEntries(value.environments) as SourceState['environments'],
      previews: Object.fromEntries(value.previews) as SourceState['previews'],
      places: Object.fromEntries(value.places) as SourceState['places'],
    },
  }
}

/** The places of all applications in what was read below STATE_ROOT; what cannot be understood is left out. */
export function allPlaces(snapshot: StateSnapshot | undefined): (SourceIdentity & PreviewPlaces)[] {
  if (snapshot?.trusted !== true) return []
  return Object.entries(snapshot.files).flatMap(([path, text]) => {
    const [forge = '', id = '', app, file, ...rest] = path.slice(`${STATE_ROOT}/`.length).split('/')
    if (app === undefined || file !== 'previews.json' || rest.length > 0) return []
    const { data } = placesSchema.safeParse(parseJson(text))
    return data === undefined ? [] : [{ forge, id, ...data }]
  })
}

interface FilePlace {
  kind: keyof SourceState
  key: string
  schema: z.ZodType
}

/** What a file is about, by its path; null where no such file is ever written. */
function placeOf(source: SourceIdentity, path: string): FilePlace | null {
  const directory = `${stateDirectory(source)}/`
  if (!path.startsWith(directory)) return null
  const [app = '', ...rest] = path.slice(directory.length).split('/')
  if (!NAME_PATTERN.test(app)) return null
  const below = rest.join('/')
  if (below === 'previews.json') return { kind: 'places', key: app, schema: placesSchema }
  const [, kind, name = ''] = /^(environments|previews)\/([^/]+)\.json$/.exec(below) ?? []
  const key = `${app}/${name}`
  if (kind === 'environments' && NAME_PATTERN.test(name)) return { kind, key, schema: environmentSchema }
  if (kind === 'previews' && /^[1-9]\d{0,14}$/.test(name)) return { kind, key, schema: previewSchema }
  return null
}

/** Undefined where it is no JSON: no schema takes that. */
function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreadable(why: string): StateRead {
  return {
    ok: false,
    message: `The branch ${STATE_BRANCH} of the manifest repository cannot be used, because ${why}. Put it back to the last commit before that, or delete it, which takes all locks away.`,
  }
}

/** The change that makes a file say this; null: there is nothing to say any more, and the file goes. */
export function environmentFile(
  source: SourceIdentity,
  app: string,
  environment: string,
  state: EnvironmentState | null,
): StateChange {
  return file(`${stateDirectory(source)}/${app}/environments/${environment}.json`, state)
}

export function previewFile(
  source: SourceIdentity,
  app: string,
  number: number,
  state: PreviewState | null,
): StateChange {
  return file(`${stateDirectory(source)}/${app}/previews/${number}.json`, state)
}

export function placesFile(source: SourceIdentity, app: string, places: PreviewPlaces | null): StateChange {
  return file(`${stateDirectory(source)}/${app}/previews.json`, places)
}

function file(path: string, value: object | null): StateChange {
  return { path, content: value === null ? null : `${JSON.stringify(value, null, 2)}\n` }
}
