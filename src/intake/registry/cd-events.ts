import { PackageURL } from 'packageurl-js'
import { z } from 'zod'
import { plain } from '../tell.ts'
import { type Entry, entry, named, news, unwanted } from './announcement.ts'

/**
 * The data of a CDEvent `dev.cdevents.artifact.published`, whose subject is a package URL.
 * https://cdevents.dev/docs/continuous-integration-pipeline-events/#artifact-published
 */
export function readPublished(host: string, data: unknown): Entry {
  return entry(Published, data, ({ subject }) => {
    const purl = parse(subject.id)
    if (purl === null) return { kind: 'malformed', why: `"${plain(subject.id)}" is not a package URL` }
    if (purl.type !== 'oci')
      return unwanted(`a package of the type ${plain(purl.type)} is no container image`)
    return tell(host, purl)
  })
}

const Published = z.object({ subject: z.object({ id: z.string() }) })

/**
 * `pkg:oci/web@sha256:…?repository_url=ghcr.io/acme/web&tag=1.2.3`. The event comes from a build, not from the
 * registry: one that names another registry than the configured one is not about it.
 * https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
 */
function tell(host: string, { name, qualifiers }: PackageURL): Entry {
  const address = qualifiers?.repository_url?.toString().replace(/^https?:\/\//, '')
  const [, registry, path] = /^([^/]+)\/(.+?)\/*$/.exec(address ?? '') ?? []
  if (registry === undefined || path === undefined) {
    return unwanted('the package URL has no repository_url that says where the image is')
  }
  if (registry.toLowerCase() !== host) return unwanted(`it is about the registry ${plain(registry)}`)
  // some leave out the last part, which is the name
  const whole = path.split('/').at(-1) === name ? path : `${path}/${name}`
  return news(host, whole, `${named(qualifiers?.tag?.toString())} was published`)
}

function parse(text: string): PackageURL | null {
  try {
    return PackageURL.fromString(text)
  } catch {
    return null
  }
}
