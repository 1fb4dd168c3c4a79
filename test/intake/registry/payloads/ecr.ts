/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html#ecr-eventbridge-bus */

const COMMON = { version: '0', source: 'aws.ecr', account: '123456789012' }
const DIGEST = 'sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234'

/** "Event for a completed image push" */
export const PUSH = {
  ...COMMON,
  id: '13cde686-328b-6117-af20-0e5566167482',
  'detail-type': 'ECR Image Action',
  time: '2019-11-16T01:54:34Z',
  region: 'us-west-2',
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': 'my-repository-name',
    'image-digest': DIGEST,
    'action-type': 'PUSH',
    'image-tag': 'latest',
  },
}

/** "Event for an image deletion" */
export const DELETE = {
  ...PUSH,
  id: 'dd3b46cb-2c74-f49e-393b-28286b67279d',
  time: '2019-11-16T02:01:05Z',
  detail: { ...PUSH.detail, 'action-type': 'DELETE' },
}

/** "Event for a completed image scan" */
export const SCAN = {
  ...COMMON,
  id: '85fc3613-e913-7fc4-a80c-a3753e4aa9ae',
  'detail-type': 'ECR Image Scan',
  time: '2019-10-29T02:36:48Z',
  region: 'us-east-1',
  resources: ['arn:aws:ecr:us-east-1:123456789012:repository/my-repository-name'],
  detail: {
    'scan-status': 'COMPLETE',
    'repository-name': 'my-repository-name',
    'finding-severity-counts': { CRITICAL: 10, MEDIUM: 9 },
    'image-digest': DIGEST,
    'image-tags': [],
  },
}
