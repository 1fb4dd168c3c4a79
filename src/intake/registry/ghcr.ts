import { z } from 'zod'
import { plain } from '../tell.ts'
import { type Entry, entry, type Format, named, news, unwanted } from './announcement.ts'

/**
 * GitHub Packages: the events `package` and `registry_package` of the GitHub App, or of a webhook of their own.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#package
 */
export const ghcr: Format = {
  read: (host, payload) => [
    entry(Event, payload, ({ action, package: one, registry_package }) => {
      const published = one ?? registry_package
      return published === undefined
        ? unwanted('the event is about no package')
        : tell(host, action ?? '', published)
    }),
  ],
  // the delivery has an id, in a header
  identify: () => 'body',
}

const Package = z.object({
  name: z.string(),
  package_type: z.string().optional(),
  registry: z.object({ type: z.string().optional() }).nullish(),
  owner: z.object({ login: z.string() }),
  package_version: z
    .object({
      /** `ghcr.io/acme/web:1.2.3` */
      package_url: z.string().optional(),
      container_metadata: z.object({ tag: z.object({ name: z.string() }).nullish() }).nullish(),
    })
    .nullish(),
})

const Event = z.object({
  action: z.string().optional(),
  package: Package.optional(),
  registry_package: Package.optional(),
})

function tell(host: string, action: string, one: z.infer<typeof Package>): Entry {
  const types = [one.package_type, one.registry?.type].map((type) => type?.toUpperCase())
  if (!types.includes('CONTAINER')) return unwanted(`the package ${plain(one.name)} is no container image`)
  const happened = new Map([
    ['published', 'was pushed'],
    ['updated', 'was updated'],
  ]).get(action)
  if (happened === undefined) return unwanted(`"${plain(action)}" of a package changes nothing here`)
  const tag = one.package_version?.container_metadata?.tag?.name
  return news(host, pathOf(one).toLowerCase(), `${named(tag)} ${happened}`)
}

/** The name of a package may have slashes, and is not always that of its repository: its address says it best. */
function pathOf({ name, owner, package_version }: z.infer<typeof Package>): string {
  const address = /^[^/@]+\/([^:@]+)/.exec(package_version?.package_url ?? '')?.[1]
  return address ?? `${owner.login}/${name}`
}
