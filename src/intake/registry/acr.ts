import { z } from 'zod'
import { plain } from '../tell.ts'
import { entry, type Format, idIn, named, news, unwanted } from './announcement.ts'

/**
 * Azure Container Registry.
 * https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference
 */
export const acr: Format = {
  read: (host, payload) => [
    entry(Event, payload, ({ action, target }) => {
      if (action !== 'push') return unwanted(`no image was pushed (${plain(action)})`)
      return entry(Target, target, ({ repository, tag }) =>
        news(host, repository, `${named(tag)} was pushed`),
      )
    }),
  ],
  identify(payload) {
    const id = idIn(payload, 'id')
    return id === null ? 'body' : [id]
  },
}

const Event = z.object({ action: z.string(), target: z.unknown() })
const Target = z.object({ repository: z.string(), tag: z.string().nullish() })
