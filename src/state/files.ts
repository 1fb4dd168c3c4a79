import type { ForgeId } from '../domain/repository.ts'
import type { StateChange, StateSnapshot } from '../forge/state.ts'
import {
  type EnvironmentState,
  NOTHING_SAID,
  type PreviewPlaces,
  type PreviewState,
  type StateRead,
} from './state.ts'

/** A repository by what stays the same when it is renamed. */
export interface SourceIdentity {
  forge: ForgeId
  /** The forge's own id. */
  id: string
}

/** Everything that is kept about one application repository is below this directory. */
export function stateDirectory({ forge, id }: SourceIdentity): string {
  return `.supercargo/state/${forge}/${id}`
}

/** What the files say. One that cannot be understood makes all of it unreadable: it may be a lock. */
export function readState(_source: SourceIdentity, snapshot: StateSnapshot | undefined): StateRead {
  return { ok: true, head: snapshot?.head ?? null, value: NOTHING_SAID }
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
