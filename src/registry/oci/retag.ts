import { SupercargoError } from '../../domain/errors.ts'
import type { RetagWish } from '../registry.ts'
import type { Manifest, OciClient } from './client.ts'
import type { OciClients } from './clients.ts'
import { readManifest } from './content.ts'
import { invalidAnswer } from './errors.ts'
import { notFound } from './labels.ts'

/** Of everything in an index. */
const MAX_MANIFESTS = 500
/** Layers that are not in the registry, and need not be. */
const ELSEWHERE = /\.(?:foreign|nondistributable)\./

interface Copy {
  client: OciClient
  host: string
  from: string
  to: string
  /** Digests that have been seen to. */
  done: Set<string>
}

/**
 * Gives an image one more tag, as the port's `retag` says. What the tag names is put last, so that a tag never names
 * an image with parts missing; whether it is still free is looked at right before, for the specification has no
 * condition for a `PUT`: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-manifests
 */
export async function retag(clients: OciClients, wish: RetagWish): Promise<'tagged' | 'already'> {
  const from = clients.of(wish.from)
  const to = clients.of(wish.to)
  if (from.client !== to.client) throw acrossRegistries(wish)
  if (await hasTag(to.client, to.repository, wish)) return 'already'
  const manifest = await from.client.getManifest(from.repository, wish.digest)
  if (manifest === null) throw notFound(from, wish.digest)
  if (from.repository !== to.repository) {
    const { client, host } = to
    await copyParts({ client, host, from: from.repository, to: to.repository, done: new Set() }, manifest)
    if (await hasTag(client, to.repository, wish)) return 'already'
  }
  await to.client.putManifest(to.repository, wish.tag, manifest)
  return 'tagged'
}

async function hasTag(client: OciClient, repository: string, wish: RetagWish): Promise<boolean> {
  const there = await client.headManifest(repository, wish.tag)
  if (there !== null && there.digest !== wish.digest) throw tagTaken(wish, there.digest)
  return there !== null
}

/** Brings over everything that a manifest names, but not itself. */
async function copyParts(copy: Copy, manifest: Manifest): Promise<void> {
  const { client, host, from, to, done } = copy
  const { manifests, config, layers } = readManifest(host, manifest.bytes)
  for (const { digest } of manifests ?? []) {
    if (done.has(digest)) continue
    done.add(digest)
    if (done.size > MAX_MANIFESTS) throw invalidAnswer(host, `an index of more than ${MAX_MANIFESTS} images`)
    if ((await client.headManifest(to, digest)) !== null) continue
    const child = await client.getManifest(from, digest)
    if (child === null) throw notFound({ host, repository: from }, digest)
    await copyParts(copy, child)
    await client.putManifest(to, digest, child)
  }
  for (const { digest, mediaType } of [...(config === undefined ? [] : [config]), ...(layers ?? [])]) {
    if (done.has(digest) || ELSEWHERE.test(mediaType)) continue
    done.add(digest)
    await client.mountBlob(to, digest, from)
  }
}

function tagTaken({ to, tag, digest }: RetagWish, there: string): SupercargoError {
  return new SupercargoError(`The tag ${tag} of ${to.written} is ${there}, and not ${digest}.`, {
    code: 'tag-taken',
    kind: 'permanent',
    advice: 'A tag is never moved: release under a new one, or delete this one in the registry.',
  })
}

function acrossRegistries({ from, to }: RetagWish): SupercargoError {
  return new SupercargoError(`The images ${from.written} and ${to.written} are in different registries.`, {
    code: 'retag-across-registries',
    kind: 'permanent',
    advice: 'Let the build push to the registry of the released image.',
  })
}
