const request = {
  id: 'asdfasdf',
  addr: 'client.local',
  host: 'registrycluster.local',
  method: 'PUT',
  useragent: 'test/0.1',
}
const common = {
  timestamp: '2006-01-02T15:04:05Z',
  request,
  actor: { name: 'test-actor' },
  source: { addr: 'hostname.local:port' },
}

function layer(id: string, length: number) {
  const digest = 'sha256:c3b3692957d439ac1928219a83fac91e7bf96c153725526874673ae1f2023f8d5'
  const target = {
    mediaType: 'application/vnd.docker.container.image.rootfs.diff+x-gtar',
    digest,
    length,
    repository: 'library/test',
    url: `https://example.com/v2/library/test/blobs/${digest}`,
  }
  return { id, action: 'push', target, ...common }
}

/** https://distribution.github.io/distribution/about/notifications/#envelope */
export const ENVELOPE = {
  events: [
    {
      id: 'asdf-asdf-asdf-asdf-0',
      action: 'push',
      target: {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf',
        length: 1,
        repository: 'library/test',
        url: 'https://example.com/v2/library/test/manifests/sha256:c3b3692957d439ac1928219a83fac91e7bf96c153725526874673ae1f2023f8d5',
      },
      ...common,
    },
    layer('asdf-asdf-asdf-asdf-1', 2),
    layer('asdf-asdf-asdf-asdf-2', 3),
  ],
}

/** https://distribution.github.io/distribution/about/notifications/#events */
export const PULL = {
  events: [
    {
      id: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
      timestamp: '2016-03-09T14:44:26.402973972-08:00',
      action: 'pull',
      target: {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf',
        size: 708,
        length: 708,
        repository: 'hello-world',
        url: 'http://192.168.100.227:5000/v2/hello-world/manifests/sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf',
        tag: 'latest',
      },
      request: { id: '6df24a34-0959-4923-81ca-14f09767db19', host: '192.168.100.227:5000', method: 'GET' },
      actor: {},
      source: { addr: 'xtal.local:5000', instanceID: 'a53db899-3b4b-4a62-a067-8dd013beaca4' },
    },
  ],
}

/** The targets of deletions have only these: https://distribution.github.io/distribution/about/notifications/#events */
export const DELETE = {
  events: [
    {
      id: 'asdf-asdf-asdf-asdf-3',
      action: 'delete',
      target: {
        digest: 'sha256:d89e1bee20d9cb344674e213b581f14fbd8e70274ecf9d10c514bab78a307845',
        repository: 'library/test',
      },
      ...common,
    },
  ],
}
