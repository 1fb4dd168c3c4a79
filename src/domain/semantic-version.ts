import semver from 'semver'

/** The semantic version that a tag ends in, without a leading v: `1.2.3-rc.1` of `web-v1.2.3-rc.1`. */
export function versionIn(tag: string): semver.SemVer | null {
  const start = /(?:^|[^0-9.])(?=[0-9]+\.[0-9]+\.[0-9]+)/.exec(tag)
  return start === null ? null : semver.parse(tag.slice(start.index + start[0].length))
}
