const HELLO = 'sha256:80f0d5c8786bb9e621a45ece0db56d11cdc624ad20da9fe62e9d25490f331d7d'
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'

/** https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference#payload-example-push-event */
export const PUSH = {
  id: 'cb8c3971-9adc-488b-bdd8-43cbb4974ff5',
  timestamp: '2017-11-17T16:52:01.343145347Z',
  action: 'push',
  target: {
    mediaType: MANIFEST,
    size: 524,
    digest: HELLO,
    length: 524,
    repository: 'hello-world',
    tag: 'v1',
  },
  request: {
    id: '3cbb6949-7549-4fa1-86cd-a6d5451dffc7',
    host: 'myregistry.azurecr.io',
    method: 'PUT',
    useragent: 'docker/17.09.0-ce',
  },
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference#payload-example-delete-event */
export const DELETE = {
  id: 'afc359ce-df7f-4e32-bdde-1ff8aa80927b',
  timestamp: '2017-11-17T16:54:53.657764628Z',
  action: 'delete',
  target: { mediaType: MANIFEST, digest: HELLO, repository: 'hello-world' },
  request: {
    id: '3d78b540-ab61-4f75-807f-7ca9ecf559b3',
    host: 'myregistry.azurecr.io',
    method: 'DELETE',
    useragent: 'python-requests/2.18.4',
  },
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference#payload-example-chart-push-event */
export const CHART_PUSH = {
  id: '6356e9e0-627f-4fed-xxxx-d9059b5143ac',
  timestamp: '2019-03-05T23:45:31.2614267Z',
  action: 'chart_push',
  target: {
    mediaType: 'application/vnd.acr.helm.chart',
    size: 25265,
    digest: 'sha256:xxxx8075264b5ba7c14c23672xxxx52ae6a3ebac1c47916e4efe19cd624dxxxx',
    repository: 'repo',
    tag: 'wordpress-5.4.0.tgz',
    name: 'wordpress',
    version: '5.4.0.tgz',
  },
}
