import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FormatName } from '../../../src/intake/registry/formats.ts'
import { registryMeaning } from '../../../src/intake/registry/meaning.ts'
import * as acr from './payloads/acr.ts'
import * as cloud from './payloads/cloud-events.ts'
import * as distribution from './payloads/distribution.ts'
import * as hub from './payloads/docker-hub.ts'
import * as ecr from './payloads/ecr.ts'
import * as ghcr from './payloads/ghcr.ts'
import * as google from './payloads/google.ts'
import * as harbor from './payloads/harbor.ts'
import * as quay from './payloads/quay.ts'

function meaning(format: FormatName, host: string, payload: unknown) {
  const delivery = { source: 'registry:one', id: 'x', event: format, payload }
  return registryMeaning(delivery, [{ name: 'one', host }])
}

/** What it is about, and what is said. */
function tells(format: FormatName, host: string, payload: unknown, images: string[], outcome: string) {
  assert.deepEqual(meaning(format, host, payload), { keys: [], images, outcome })
}

test("Harbor's pushes and scans are news about the image, in both formats", () => {
  const image = 'harbor.example.com/harbor/alpine'
  const about = (payload: object, what: string) =>
    tells('harbor', 'harbor.example.com', payload, [image], `Announces ${image}: a manifest ${what}.`)
  about(harbor.PUSH_BY_DIGEST, 'was pushed')
  about(harbor.PUSH_AS_CLOUD_EVENT, 'was pushed')
  about(harbor.SCANNED, 'was scanned')
  about(harbor.SCANNED_AS_CLOUD_EVENT, 'was scanned')
  about(harbor.SCAN_FAILED, 'could not be scanned')
  const debian = 'harbor.example.com/test-webhook/debian'
  const outcome = `Announces ${debian}: tag latest was pushed.`
  tells('harbor', 'harbor.example.com', harbor.PUSH_BY_TAG, [debian], outcome)
})

test('several resources of one payload of Harbor are all told', () => {
  const { event_data } = harbor.PUSH_BY_TAG
  const resources = [{ tag: '1.2' }, { tag: '1.2.3' }, { digest: 'sha256:00' }, { tag: 7 }]
  const payload = { ...harbor.PUSH_BY_TAG, event_data: { ...event_data, resources } }
  tells(
    'harbor',
    'harbor.example.com',
    payload,
    ['harbor.example.com/test-webhook/debian'],
    'Announces harbor.example.com/test-webhook/debian: tag 1.2 was pushed, tag 1.2.3 was pushed, ' +
      'a manifest was pushed. Not understood: missing or malformed in the payload: tag.',
  )
})

test("Harbor's deletions and pulls are not wanted", () => {
  tells(
    'harbor',
    'h.example',
    harbor.DELETED,
    [],
    'Not wanted: nothing was pushed or scanned (DELETE_ARTIFACT).',
  )
  const pulled = 'Not wanted: nothing was pushed or scanned (harbor.artifact.pulled).'
  tells('harbor', 'h.example', harbor.PULLED_AS_CLOUD_EVENT, [], pulled)
})

test('a package of GitHub is news when it is a container image, under both names of the event', () => {
  const image = 'ghcr.io/codertocat/hello-world'
  for (const payload of [ghcr.PACKAGE, ghcr.REGISTRY_PACKAGE]) {
    tells('ghcr', 'ghcr.io', payload, [image], `Announces ${image}: a manifest was pushed.`)
  }
  const npm = 'Not wanted: the package hello-world-npm is no container image.'
  tells('ghcr', 'ghcr.io', ghcr.OTHER_PACKAGE, [], npm)
  tells('ghcr', 'ghcr.io', ghcr.PING, [], 'Not wanted: the event is about no package.')
  const deleted = { ...ghcr.PACKAGE, action: 'deleted' }
  tells('ghcr', 'ghcr.io', deleted, [], 'Not wanted: "deleted" of a package changes nothing here.')
})

test('a package of GitHub may have slashes in its name, and no address', () => {
  const one = {
    name: 'web/api',
    package_type: 'CONTAINER',
    owner: { login: 'Acme' },
    package_version: { container_metadata: { tag: { name: '1.2' } } },
  }
  const image = 'containers.example.com/acme/web/api'
  const outcome = `Announces ${image}: tag 1.2 was updated.`
  tells('ghcr', 'containers.example.com', { action: 'updated', package: one }, [image], outcome)
})

test('Docker Hub tells of pushes', () => {
  const image = 'docker.io/svendowideit/testhook'
  tells('dockerhub', 'docker.io', hub.PUSH, [image], `Announces ${image}: tag latest was pushed.`)
})

test('all updated tags of Quay are told, and its builds are not wanted', () => {
  const image = 'quay.io/mynamespace/repository'
  const outcome = `Announces ${image}: tag latest was pushed.`
  tells('quay', 'quay.io', quay.PUSH, [image], outcome)
  tells('quay', 'quay.io', quay.OLD_PUSH, [image], outcome)
  const several = { ...quay.PUSH, updated_tags: ['latest', '1.2', '1.2.3'] }
  const all = `Announces ${image}: tag latest was pushed, tag 1.2 was pushed, tag 1.2.3 was pushed.`
  tells('quay', 'quay.io', several, [image], all)
  tells('quay', 'quay.io', quay.BUILD_QUEUED, [], 'Not wanted: no tag was updated.')
})

test("Azure's pushes are news; its deletions and charts are not wanted", () => {
  const image = 'myregistry.azurecr.io/hello-world'
  tells('acr', 'myregistry.azurecr.io', acr.PUSH, [image], `Announces ${image}: tag v1 was pushed.`)
  tells('acr', 'myregistry.azurecr.io', acr.DELETE, [], 'Not wanted: no image was pushed (delete).')
  tells('acr', 'myregistry.azurecr.io', acr.CHART_PUSH, [], 'Not wanted: no image was pushed (chart_push).')
})

test('pushes and scans of ECR are news, of the configured account and region only', () => {
  const [west, east] = ['us-west-2', 'us-east-1'].map(
    (region) => `123456789012.dkr.ecr.${region}.amazonaws.com`,
  )
  const image = `${west}/my-repository-name`
  tells('ecr', west ?? '', ecr.PUSH, [image], `Announces ${image}: tag latest was pushed.`)
  const scanned = `${east}/my-repository-name`
  tells('ecr', east ?? '', ecr.SCAN, [scanned], `Announces ${scanned}: a manifest was scanned.`)
  tells('ecr', west ?? '', ecr.DELETE, [], 'Not wanted: no image was pushed (DELETE).')
  const failed = { ...ecr.PUSH, detail: { ...ecr.PUSH.detail, result: 'FAILURE' } }
  tells('ecr', west ?? '', failed, [], 'Not wanted: the push has failed.')
  const elsewhere = 'Not wanted: it is about the registry of 123456789012 in us-west-2.'
  tells('ecr', east ?? '', ecr.PUSH, [], elsewhere)
})

test("Artifact Registry's uploads and tags are news, of the configured host only", () => {
  const host = 'us-east1-docker.pkg.dev'
  const image = `${host}/my-project/my-repo/hello-world`
  tells('google', host, google.PUSH, [image], `Announces ${image}: tag 1.1 was pushed.`)
  tells('google', host, google.UPLOAD, [image], `Announces ${image}: a manifest was pushed.`)
  tells('google', host, google.DELETE, [], 'Not wanted: no image was pushed (DELETE).')
  tells('google', 'eu.gcr.io', google.PUSH, [], `Not wanted: it is about the registry ${host}.`)
})

test('of a notification of distribution only the pushes of manifests are news', () => {
  const image = 'registry.example.com:5000/library/test'
  const host = 'registry.example.com:5000'
  tells('distribution', host, distribution.ENVELOPE, [image], `Announces ${image}: a manifest was pushed.`)
  tells('distribution', host, distribution.PULL, [], 'Not wanted: nothing was pushed (pull).')
  tells('distribution', host, distribution.DELETE, [], 'Not wanted: nothing was pushed (delete).')
  const events = distribution.ENVELOPE.events.map((event) => ({ ...event, action: 'mount' }))
  tells('distribution', host, { events }, [], 'Not wanted: nothing was pushed (mount).')
  tells(
    'distribution',
    host,
    { events: distribution.ENVELOPE.events.slice(1) },
    [],
    'Not wanted: a part of an image was pushed.',
  )
})

test('each media type of a manifest is one, of Docker and of OCI', () => {
  const [event] = distribution.ENVELOPE.events
  for (const mediaType of [
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.oci.image.index.v1+json',
  ]) {
    const target = { ...event?.target, mediaType, tag: '1.2' }
    const told = meaning('distribution', 'r.example', { events: [{ ...event, target }] })
    assert.equal(told?.outcome, 'Announces r.example/library/test: tag 1.2 was pushed.', mediaType)
  }
})

test('unrelated events of one envelope are all told, at most five of them by name', () => {
  const [event] = distribution.ENVELOPE.events
  const events = Array.from({ length: 7 }, (_, number) => ({
    ...event,
    target: { ...event?.target, repository: `acme/app-${number}`, tag: 'v1' },
  }))
  const told = meaning('distribution', 'r.example', { events: [...events, 'hello', ...events] })
  assert.equal(told?.images?.length, 7)
  assert.match(
    told?.outcome ?? '',
    /^Announces r\.example\/acme\/app-0: tag v1 was pushed; .*app-4: [^;]*; and 2 more\. Not understood: /,
  )
})

test('a CDEvent tells of the image that its package URL names in the configured registry', () => {
  const told = (host: string, purl: string, images: string[], outcome: string) =>
    tells('cloudevents', host, cloud.published(purl), images, outcome)
  const debian = 'docker.io/library/debian'
  told('docker.io', cloud.PURLS.debian, [debian], `Announces ${debian}: tag latest was published.`)
  const distroless = 'gcr.io/distroless/static'
  told('gcr.io', cloud.PURLS.distroless, [distroless], `Announces ${distroless}: tag latest was published.`)
  told('ghcr.io', cloud.PURLS.debian, [], 'Not wanted: it is about the registry docker.io.')
  told(
    'ghcr.io',
    cloud.PURLS.nowhere,
    [],
    'Not wanted: the package URL has no repository_url that says where the image is.',
  )
  const short = 'pkg:oci/web@sha256%3A00?repository_url=https%3A%2F%2Fghcr.io%2Facme%2F'
  told('ghcr.io', short, ['ghcr.io/acme/web'], 'Announces ghcr.io/acme/web: a manifest was published.')
})

test('a CDEvent about anything but an image is not wanted', () => {
  tells(
    'cloudevents',
    'ghcr.io',
    cloud.published(),
    [],
    'Not wanted: a package of the type golang is no container image.',
  )
  const other = { ...cloud.published(), type: 'dev.cdevents.artifact.packaged.0.2.0' }
  const outcome =
    'Not wanted: Supercargo does not use events of the type dev.cdevents.artifact.packaged.0.2.0.'
  tells('cloudevents', 'ghcr.io', other, [], outcome)
})

test('a batch of CloudEvents is told whole, with data in base64 and those of Harbor in it', () => {
  const { data, ...event } = cloud.published(cloud.PURLS.debian.replaceAll('docker.io', 'h.example'))
  const encoded = { ...event, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') }
  const batch = [encoded, harbor.SCANNED_AS_CLOUD_EVENT, 'hello']
  tells(
    'cloudevents',
    'h.example',
    batch,
    ['h.example/library/debian', 'h.example/harbor/alpine'],
    'Announces h.example/library/debian: tag latest was published; h.example/harbor/alpine: a manifest was scanned. ' +
      'Not understood: missing or malformed in the payload: the payload itself.',
  )
})

test('what comes from a registry that is not configured any more is not wanted', () => {
  const delivery = { source: 'registry:gone', id: 'x', event: 'quay', payload: quay.PUSH }
  const outcome = 'Not wanted: there is no registry gone any more.'
  assert.deepEqual(registryMeaning(delivery, []), { keys: [], outcome })
  assert.equal(registryMeaning({ ...delivery, source: 'github' }, []), null)
})
