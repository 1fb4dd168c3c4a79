import { z } from 'zod'
import { entries, type Format, named, news, unwanted } from './announcement.ts'

/**
 * Quay's notification "Push to Repository". A payload has neither an id nor a time, so that two pushes of one tag
 * look the same.
 * https://docs.quay.io/guides/notifications.html
 */
export const quay: Format = {
  read: (host, payload) =>
    entries(Event, payload, ({ repository, updated_tags }) => {
      if (updated_tags === undefined) return [unwanted('no tag was updated')]
      // older versions: by tag, the image's id
      const tags = Array.isArray(updated_tags) ? updated_tags : Object.keys(updated_tags)
      return tags.map((tag) => news(host, repository, `${named(tag)} was pushed`))
    }),
  identify: () => 'none',
}

const Event = z.object({
  repository: z.string(),
  updated_tags: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
})
