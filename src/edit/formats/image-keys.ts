/** A key that says that its value is an image. */
export const IMAGE_KEY = /^[\w-]*[iI]mage$/

/** `imageRepository`, `web_image_name`. */
const NAME_OF_IMAGE = /^([\w-]*[iI]mage)([_-]?)(?:repository|repo|name)$/i
/** `webRepository`, which is an image's where `webTag` stands beside it. */
const REPOSITORY = /^([\w-]*?[A-Za-z0-9])([_-]?)repository$/i

/** Where the parts of an image stand besides its name. */
export interface VersionKeys {
  registry: string
  tag: string
  digest: string
  version: string
}

const OF_IMAGE = {
  own: keysBehind('image', ''),
  beside: { registry: 'registry', tag: 'tag', digest: 'digest', version: 'version' },
}

export function isImageKey(key: string | null): boolean {
  return key !== null && IMAGE_KEY.test(key)
}

/** The keys beside one that holds the name of an image without ending in `image`; null for any other. */
export function keysOfName(key: string): VersionKeys | null {
  const [, base, gap = ''] = NAME_OF_IMAGE.exec(key) ?? REPOSITORY.exec(key) ?? []
  return base === undefined ? null : keysBehind(base, gap)
}

/** The keys beside one that ends in `image`: `webImageTag`, which is its own, and `webTag`. */
export function keysOfImage(key: string): { own: VersionKeys; beside: VersionKeys } {
  if (key === 'image') return OF_IMAGE
  const [, base = '', gap = ''] = /^(.*?)([_-]?)image$/i.exec(key) ?? []
  return { own: keysBehind(key, ''), beside: base === '' ? OF_IMAGE.beside : keysBehind(base, gap) }
}

/** `webTag` behind `web`, `web_tag` where an underscore stands between the words. */
function keysBehind(base: string, gap: string): VersionKeys {
  const keyOf = (part: string) => (gap === '' ? base + part : `${base}${gap}${part.toLowerCase()}`)
  return {
    registry: keyOf('Registry'),
    tag: keyOf('Tag'),
    digest: keyOf('Digest'),
    version: keyOf('Version'),
  }
}
