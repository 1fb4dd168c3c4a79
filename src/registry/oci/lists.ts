import { z } from 'zod'
import { DIGEST_PATTERN, TAG_PATTERN } from '../../domain/image.ts'
import type { Descriptor, Manifest, OciClient } from './client.ts'
import { IMAGE_INDEX, mediaTypeOf, parseJson, type ReadDescriptor, readManifest } from './content.ts'
import { invalidAnswer } from './errors.ts'
import type { Answer } from './exchange.ts'
import { readPages } from './pages.ts'
import type { Requests } from './requests.ts'

const MAX_BYTES = 8 * 1024 * 1024
/** The most that Docker's registry gives in one page. */
const PAGE = 1000

/** Besides 404, and pages for people, what registries say that know of no referrers. */
const NO_SUCH_API = [400, 405, 406, 501]

/** Some registries say null where a page has no tags. */
const tagsSchema = z.object({ tags: z.array(z.string().regex(TAG_PATTERN)).nullish() })

/** @param getManifest for registries without an API for referrers */
export function createLists(
  requests: Requests,
  getManifest: (repository: string, reference: string) => Promise<Manifest | null>,
): Pick<OciClient, 'listTags' | 'listReferrers'> {
  const { host } = requests
  const getTags = (repository: string) => async (path: URL) => {
    const headers = { accept: 'application/json' }
    const answer = await requests.send({ method: 'GET', repository, path, headers, maxBytes: MAX_BYTES })
    return answer.status === 404 ? null : answer
  }
  const getReferrers = (repository: string) => async (path: URL) => {
    const headers = { accept: IMAGE_INDEX }
    const request = { method: 'GET' as const, repository, path, headers, maxBytes: MAX_BYTES }
    const answer = await requests.send({ ...request, understands: NO_SUCH_API })
    return answer.status === 200 && mediaTypeOf(answer) === IMAGE_INDEX ? answer : null
  }
  return {
    async listTags(repository) {
      const first = requests.urlOf(repository, `tags/list?n=${PAGE}`)
      return (await readPages(host, first, getTags(repository), (answer) => tagsOf(host, answer))) ?? []
    },
    async listReferrers(repository, digest, artifactType) {
      const first = requests.urlOf(repository, `referrers/${digest}`)
      if (artifactType !== undefined) first.searchParams.set('artifactType', artifactType)
      const read = ({ bytes }: Answer) => readManifest(host, bytes).manifests ?? []
      const listed = await readPages(host, first, getReferrers(repository), read)
      const all = listed ?? (await fromTag(repository, digest))
      return all.map(told).filter((each) => artifactType === undefined || each.artifactType === artifactType)
    },
  }

  /** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema */
  async function fromTag(repository: string, digest: string): Promise<ReadDescriptor[]> {
    if (!DIGEST_PATTERN.test(digest)) return []
    const [algorithm = '', encoded = ''] = digest.split(':')
    const index = await getManifest(repository, `${algorithm.slice(0, 32)}-${encoded.slice(0, 64)}`)
    return index?.mediaType === IMAGE_INDEX ? (readManifest(host, index.bytes).manifests ?? []) : []
  }
}

function tagsOf(host: string, { bytes }: Answer): string[] {
  const page = tagsSchema.safeParse(parseJson(host, bytes))
  if (!page.success) throw invalidAnswer(host, 'a list of tags that cannot be read')
  return page.data.tags ?? []
}

function told({ mediaType, digest, size, artifactType, annotations }: ReadDescriptor): Descriptor {
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations ? { annotations } : {}),
  }
}
