import { z } from 'zod'
import { plain } from '../tell.ts'
import { type Entry, entries, entry, type Format, idIn, named, news, unwanted } from './announcement.ts'

/**
 * Harbor, in both of its payload formats: `Default` and `CloudEvents`.
 * https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/
 */
export const harbor: Format = {
  read(host, payload) {
    if (idIn(payload, 'specversion') === null) {
      return entries(Default, payload, ({ type, event_data }) => tell(host, type, event_data))
    }
    return entries(CloudEvent, payload, ({ type, data }) => tell(host, type, data))
  },
  identify(payload) {
    const [source, id] = [idIn(payload, 'source'), idIn(payload, 'id')]
    return source !== null && id !== null ? [source, id] : 'body'
  },
}

const Default = z.object({ type: z.string(), event_data: z.unknown() })
const CloudEvent = z.object({ type: z.string(), data: z.unknown() })
const Data = z.object({
  repository: z.object({ repo_full_name: z.string() }),
  resources: z.array(z.unknown()),
})
const Resource = z.object({ tag: z.string().nullish() })

function tell(host: string, type: string, data: unknown): Entry[] {
  const happened = HAPPENED.get(type)
  if (happened === undefined) return [unwanted(`nothing was pushed or scanned (${plain(type)})`)]
  return entries(Data, data, ({ repository, resources }) =>
    resources.map((resource) =>
      entry(Resource, resource, ({ tag }) =>
        news(host, repository.repo_full_name, `${named(tag)} ${happened}`),
      ),
    ),
  )
}

const HAPPENED = new Map([
  ['PUSH_ARTIFACT', 'was pushed'],
  ['harbor.artifact.pushed', 'was pushed'],
  ['SCANNING_COMPLETED', 'was scanned'],
  ['harbor.scan.completed', 'was scanned'],
  ['SCANNING_FAILED', 'could not be scanned'],
  ['harbor.scan.failed', 'could not be scanned'],
])
