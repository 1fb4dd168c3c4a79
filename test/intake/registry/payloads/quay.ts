/** https://docs.quay.io/guides/notifications.html#repository-push */
export const PUSH = {
  name: 'repository',
  repository: 'mynamespace/repository',
  namespace: 'mynamespace',
  docker_url: 'quay.io/mynamespace/repository',
  homepage: 'https://quay.io/repository/mynamespace/repository',
  updated_tags: ['latest'],
}

/** As older versions of the same page have it. */
export const OLD_PUSH = {
  ...PUSH,
  updated_tags: { latest: 'b750fe79269d2ec9a3c593ef05b4332b1d1a02a62b4accb2c21d589ff2f5f2dc' },
}

/** https://docs.quay.io/guides/notifications.html#dockerfile-build-queued */
export const BUILD_QUEUED = {
  repository: 'mynamespace/repository',
  namespace: 'mynamespace',
  name: 'repository',
  docker_url: 'quay.io/mynamespace/repository',
  homepage: 'https://quay.io/repository/mynamespace/repository/build?current=some-fake-build',
  is_manual: false,
  build_id: 'build_uuid',
  docker_tags: ['latest', 'foo', 'bar'],
}
