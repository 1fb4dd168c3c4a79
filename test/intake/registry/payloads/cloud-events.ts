/** https://github.com/cdevents/spec/blob/main/conformance/artifact_published.json */
const PUBLISHED = {
  context: {
    version: '0.5.0-draft',
    id: '271069a8-fc18-44f1-b38f-9d70a1695819',
    chainId: '4c8cb7dd-3448-41de-8768-eec704e2829b',
    source: '/event/source/123',
    type: 'dev.cdevents.artifact.published.0.3.0-draft',
    timestamp: '2023-03-20T14:27:05.315384Z',
  },
  subject: {
    id: 'pkg:golang/mygit.com/myorg/myapp@234fd47e07d1004f0aed9c',
    source: '/event/source/123',
    type: 'artifact',
    content: { user: 'mybot-myapp' },
  },
}

/**
 * A CDEvent as a CloudEvent: https://github.com/cdevents/spec/blob/main/cloudevents-binding.md
 * @param purl the subject; absent: that of the specification's own example, which is no image
 */
export function published(purl = PUBLISHED.subject.id, id = PUBLISHED.context.id) {
  const { type, source, timestamp } = PUBLISHED.context
  return {
    specversion: '1.0',
    id,
    source,
    type,
    time: timestamp,
    datacontenttype: 'application/json',
    data: { ...PUBLISHED, subject: { ...PUBLISHED.subject, id: purl } },
  }
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md#examples */
export const PURLS = {
  debian:
    'pkg:oci/debian@sha256%3A244fd47e07d10?repository_url=docker.io/library/debian&arch=amd64&tag=latest',
  distroless: 'pkg:oci/static@sha256%3A244fd47e07d10?repository_url=gcr.io/distroless/static&tag=latest',
  nowhere: 'pkg:oci/hello-wasm@sha256%3A244fd47e07d10?tag=v1',
}

/** Headers of https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#314-examples */
export function binaryMode({
  specversion,
  id,
  source,
  type,
}: Record<'specversion' | 'id' | 'source' | 'type', string>) {
  return {
    'ce-specversion': specversion,
    'ce-type': type,
    'ce-time': '2018-04-05T03:56:24Z',
    'ce-id': id,
    'ce-source': source,
    'content-type': 'application/json; charset=utf-8',
  }
}
