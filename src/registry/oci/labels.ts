import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { OciClient } from './client.ts'
import type { OciPlace } from './clients.ts'
import { parseJson, type ReadDescriptor, type ReadManifest, readManifest } from './content.ts'

const MAX_DEPTH = 3

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md ; an artifact may have something else there. */
const configSchema = z.object({
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
})

/** Labels and annotations of an image or index, as the port's `readLabels` says. */
export async function readLabels(place: OciPlace, digest: string): Promise<Record<string, string>> {
  return Object.fromEntries(await read(place, digest, MAX_DEPTH))
}

async function read(place: OciPlace, digest: string, depth: number): Promise<Map<string, string>> {
  const { client, host, repository } = place
  const bytes = (await client.getManifest(repository, digest))?.bytes
  if (bytes === undefined) throw notFound(place, digest)
  const manifest = readManifest(host, bytes)
  const own = Object.entries(manifest.annotations ?? {})
  const first = firstImage(manifest)
  const below =
    first !== null && depth > 0
      ? await read(place, first.digest, depth - 1)
      : await labelsOf(client, host, repository, manifest.config)
  return new Map([...below, ...own])
}

async function labelsOf(
  client: OciClient,
  host: string,
  repository: string,
  config: ReadDescriptor | undefined,
): Promise<Map<string, string>> {
  if (config === undefined) return new Map()
  const bytes = await client.getBlob(repository, config.digest)
  if (bytes === null) throw notFound({ host, repository }, config.digest)
  const parsed = configSchema.safeParse(parseJson(host, bytes))
  return new Map(Object.entries(parsed.data?.config?.Labels ?? {}))
}

/** Builders put their attestations into an index as images of an unknown system. */
function firstImage(manifest: ReadManifest): ReadDescriptor | null {
  const images = manifest.manifests ?? []
  return images.find(({ platform }) => platform?.os !== 'unknown') ?? images[0] ?? null
}

/** `manifest-not-found` (permanent). */
export function notFound({ host, repository }: Pick<OciPlace, 'host' | 'repository'>, digest: string) {
  return new SupercargoError(`There is no ${digest} in ${host}/${repository}.`, {
    code: 'manifest-not-found',
    kind: 'permanent',
    advice: 'Build and push the image again, or let the registry keep images for longer.',
  })
}
