/** https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/#payload-format */

const DIGEST = 'sha256:954b378c375d852eb3c63ab88978f640b4348b01c1b3456a024a81536dafbbf4'

const repository = {
  name: 'alpine',
  namespace: 'harbor',
  repo_full_name: 'harbor/alpine',
  repo_type: 'private',
}

/** "Artifact pushed"; replicated, so that a digest stands in the tag's place. */
const pushed = {
  resources: [{ digest: DIGEST, tag: DIGEST, resource_url: `localhost/harbor/alpine@${DIGEST}` }],
  repository: { date_created: 1680501893, ...repository },
}

function scanned(scan_status: string, severity: string) {
  const overview = {
    report_id: 'af0546c1-67dc-4e9d-927e-372900ead0df',
    scan_status,
    severity,
    duration: 8,
    summary: scan_status === 'Success' ? { total: 0, fixable: 0, summary: {} } : null,
    start_time: '2023-04-03T06:12:47Z',
    end_time: '2023-04-03T06:12:55Z',
  }
  const scan_overview = { 'application/vnd.security.vulnerability.report; version=1.1': overview }
  const resource = { digest: DIGEST, resource_url: `localhost/harbor/alpine@${DIGEST}`, scan_overview }
  return { resources: [resource], repository }
}

/** As of Harbor 2.0: https://goharbor.io/docs/2.0.0/working-with-projects/project-configuration/configure-webhooks */
export const PUSH_BY_TAG = {
  type: 'PUSH_ARTIFACT',
  occur_at: 1586922308,
  operator: 'admin',
  event_data: {
    resources: [
      {
        digest: 'sha256:8a9e9863dbb6e10edb5adfe917c00da84e1700fa76e7ed02476aa6e6fb8ee0d8',
        tag: 'latest',
        resource_url: 'hub.harbor.com/test-webhook/debian:latest',
      },
    ],
    repository: {
      date_created: 1586922308,
      name: 'debian',
      namespace: 'test-webhook',
      repo_full_name: 'test-webhook/debian',
      repo_type: 'private',
    },
  },
}

export const PUSH_BY_DIGEST = {
  type: 'PUSH_ARTIFACT',
  occur_at: 1680501893,
  operator: 'harbor-jobservice',
  event_data: pushed,
}

export const PUSH_AS_CLOUD_EVENT = {
  specversion: '1.0',
  id: '66e18103-09c1-41f6-982f-37df223f3eeb',
  requestid: '51c0b694-0168-4f3c-b0db-282565455d7b',
  source: '/projects/2/webhook/policies/15',
  type: 'harbor.artifact.pushed',
  datacontenttype: 'application/json',
  time: '2023-04-03T06:04:46Z',
  data: pushed,
  operator: 'harbor-jobservice',
}

export const SCANNED = {
  type: 'SCANNING_COMPLETED',
  occur_at: 1680502375,
  operator: 'auto',
  event_data: scanned('Success', 'None'),
}

export const SCAN_FAILED = {
  type: 'SCANNING_FAILED',
  occur_at: 1680505885,
  operator: 'auto',
  event_data: scanned('Error', ''),
}

export const SCANNED_AS_CLOUD_EVENT = {
  specversion: '1.0',
  id: '64bce2fe-6159-454d-8389-852d01ef1e9d',
  requestid: '98ecbced-4169-443b-8e19-459a8c81675d',
  source: '/projects/2/webhook/policies/15',
  type: 'harbor.scan.completed',
  datacontenttype: 'application/json',
  time: '2023-04-03T06:12:55Z',
  data: scanned('Success', 'None'),
  operator: 'auto',
}

export const DELETED = {
  type: 'DELETE_ARTIFACT',
  occur_at: 1680502598,
  operator: 'harbor-jobservice',
  event_data: {
    resources: [
      {
        digest: 'sha256:2bb501e6173d9d006e56de5bce2720eb06396803300fe1687b58a7ff32bf4c14',
        tag: '3.8',
        resource_url: 'localhost/harbor/alpine:3.8',
      },
    ],
    repository: { date_created: 1680501893, ...repository },
  },
}

export const PULLED_AS_CLOUD_EVENT = {
  ...PUSH_AS_CLOUD_EVENT,
  type: 'harbor.artifact.pulled',
  time: '2023-04-03T06:12:52Z',
  operator: 'robot$harbor+wHSYCuGD-Trivy-8e2e7505-d1e6-11ed-9e71-0242ac130009',
}
