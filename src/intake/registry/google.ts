import { z } from 'zod'
import { plain } from '../tell.ts'
import { type Entry, entry, type Format, fromBase64, idIn, named, news, unwanted } from './announcement.ts'

/**
 * Artifact Registry and gcr.io by a push subscription of Pub/Sub to the topic `gcr`.
 * https://cloud.google.com/artifact-registry/docs/configure-notifications
 * https://cloud.google.com/pubsub/docs/push#receive_push
 */
export const google: Format = {
  read: (host, payload) => [
    entry(Push, payload, ({ message }) => {
      const notification = fromBase64(message.data)
      if (notification === undefined) return { kind: 'malformed', why: 'message.data is not JSON in base64' }
      return entry(Notification, notification, (told) => tell(host, told))
    }),
  ],
  identify(payload) {
    const message = (payload as { message?: unknown } | null)?.message
    const id = idIn(message, 'messageId')
    return id === null ? 'body' : [id]
  },
}

const Push = z.object({ message: z.object({ data: z.string() }) })

const Notification = z.object({
  action: z.string(),
  /** `us-docker.pkg.dev/project/repository/web@sha256:…` */
  digest: z.string().optional(),
  /** `us-docker.pkg.dev/project/repository/web:1.2.3` */
  tag: z.string().optional(),
})

function tell(host: string, { action, digest, tag }: z.infer<typeof Notification>): Entry {
  if (action !== 'INSERT') return unwanted(`no image was pushed (${plain(action)})`)
  const [, registry, path, tagged] = /^([^/]+)\/([^:@]+)(?::([^@]+))?/.exec(tag ?? digest ?? '') ?? []
  if (registry === undefined || path === undefined) {
    return { kind: 'malformed', why: 'neither tag nor digest names an image' }
  }
  // one topic carries the news of all of a project's registries
  if (registry !== host) return unwanted(`it is about the registry ${plain(registry)}`)
  return news(host, path, `${named(tagged)} was pushed`)
}
