import { z } from 'zod'
import { plain } from '../tell.ts'
import { entries, entry, type Format, idIn, named, news, unwanted } from './announcement.ts'

/**
 * Notifications of the distribution registry, of both media types: `application/vnd.docker.distribution.events.v1+json`
 * and `…v2+json` hold the same envelope. What comes in one envelope has nothing to do with each other.
 * https://distribution.github.io/distribution/about/notifications/
 */
export const distribution: Format = {
  read: (host, payload) =>
    entries(Envelope, payload, ({ events }) =>
      events.map((event) =>
        entry(Event, event, ({ action, target }) => {
          if (action !== 'push') return unwanted(`nothing was pushed (${plain(action)})`)
          return entry(Target, target, ({ mediaType, repository, tag }) =>
            MANIFEST.test(mediaType)
              ? news(host, repository, `${named(tag)} was pushed`)
              : unwanted('a part of an image was pushed'),
          )
        }),
      ),
    ),
  identify(payload) {
    const envelope = Envelope.safeParse(payload)
    const ids = envelope.success ? envelope.data.events.flatMap((event) => idIn(event, 'id') ?? []) : []
    return ids.length > 0 && ids.length === envelope.data?.events.length ? ids : 'body'
  },
}

const Envelope = z.object({ events: z.array(z.unknown()) })
const Event = z.object({ action: z.string(), target: z.unknown() })
const Target = z.object({ mediaType: z.string(), repository: z.string(), tag: z.string().nullish() })

/** Of an image or index, of OCI or Docker; everything else is a blob. */
const MANIFEST =
  /^application\/vnd\.(?:oci\.image\.(?:manifest|index)\.v1\+json|docker\.distribution\.manifest\.(?:v1|v2|list\.v2)\+(?:json|prettyjws))$/
