import { z } from 'zod'
import { plain } from '../tell.ts'
import { type Entry, entry, type Format, idIn, named, news, unwanted } from './announcement.ts'

/**
 * Amazon ECR by an API destination of EventBridge.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 */
export const ecr: Format = {
  read: (host, payload) => [
    entry(Event, payload, (event) => {
      // one bus may carry the events of many accounts and regions
      const elsewhere =
        host.includes('.dkr.ecr.') && !host.startsWith(`${event.account}.dkr.ecr.${event.region}.`)
      if (elsewhere)
        return unwanted(`it is about the registry of ${plain(event.account)} in ${plain(event.region)}`)
      const tell = TELL.get(event['detail-type'])
      return (
        tell?.(host, event.detail) ?? unwanted(`it is not about an image (${plain(event['detail-type'])})`)
      )
    }),
  ],
  identify(payload) {
    const id = idIn(payload, 'id')
    return id === null ? 'body' : [id]
  },
}

const Event = z.object({
  'detail-type': z.string(),
  account: z.string(),
  region: z.string(),
  detail: z.unknown(),
})

const Action = z.object({
  result: z.string(),
  'action-type': z.string(),
  'repository-name': z.string(),
  'image-tag': z.string().nullish(),
})

const Scan = z.object({
  'scan-status': z.string(),
  'repository-name': z.string(),
  'image-tags': z.array(z.string()).default([]),
})

const TELL = new Map<string, (host: string, detail: unknown) => Entry>([
  [
    'ECR Image Action',
    (host, detail) =>
      entry(
        Action,
        detail,
        ({ result, 'action-type': action, 'repository-name': path, 'image-tag': tag }) => {
          if (action !== 'PUSH') return unwanted(`no image was pushed (${plain(action)})`)
          if (result !== 'SUCCESS') return unwanted('the push has failed')
          return news(host, path, `${named(tag)} was pushed`)
        },
      ),
  ],
  [
    'ECR Image Scan',
    (host, detail) =>
      entry(Scan, detail, ({ 'scan-status': status, 'repository-name': path, 'image-tags': tags }) => {
        const happened = status === 'COMPLETE' ? 'was scanned' : 'could not be scanned'
        return news(host, path, `${named(tags[0])} ${happened}`)
      }),
  ],
])
