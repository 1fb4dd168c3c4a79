/** What Artifact Registry says: https://cloud.google.com/artifact-registry/docs/configure-notifications#examples */
const IMAGE = 'us-east1-docker.pkg.dev/my-project/my-repo/hello-world'
const UPLOADED = { action: 'INSERT', digest: `${IMAGE}@sha256:6ec128e26cd5` }
const TAGGED = { ...UPLOADED, tag: `${IMAGE}:1.1` }
const TAG_DELETED = { action: 'DELETE', tag: `${IMAGE}:1.1` }

/** How Pub/Sub wraps it: https://cloud.google.com/pubsub/docs/push#receive_push */
export function wrapped(data: unknown, messageId = '2070443601311540') {
  return {
    message: {
      attributes: { key: 'value' },
      data: Buffer.from(JSON.stringify(data)).toString('base64'),
      messageId,
      message_id: messageId,
      publishTime: '2021-02-26T19:13:55.749Z',
      publish_time: '2021-02-26T19:13:55.749Z',
    },
    subscription: 'projects/myproject/subscriptions/mysubscription',
  }
}

export const PUSH = wrapped(TAGGED)
export const UPLOAD = wrapped(UPLOADED)
export const DELETE = wrapped(TAG_DELETED)
