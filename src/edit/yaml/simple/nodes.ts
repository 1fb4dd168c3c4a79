import { Alias, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'

/**
 * Nodes of `yaml`, made many times faster: what its constructors define on each node one by one (the kind, the
 * schema) these inherit.
 */

export function simpleScalar(value: string, type: Scalar.Type, range: Scalar['range']): Scalar {
  return new SimpleScalar(value, type, range) as unknown as Scalar
}

/** @param source the anchor's name */
export function simpleAlias(source: string, range: Alias['range']): Alias {
  return new SimpleAlias(source, range) as unknown as Alias
}

export function simplePair(key: Scalar, value: Pair['value']): Pair {
  return new SimplePair(key, value) as unknown as Pair
}

export function simpleMap(): YAMLMap {
  return new SimpleMap() as unknown as YAMLMap
}

export function simpleSeq(): YAMLSeq {
  return new SimpleSeq() as unknown as YAMLSeq
}

class SimpleScalar {
  value: string
  type: Scalar.Type
  range: Scalar['range']

  constructor(value: string, type: Scalar.Type, range: Scalar['range']) {
    this.value = value
    this.type = type
    this.range = range
  }
}

class SimpleAlias {
  source: string
  range: Alias['range']

  constructor(source: string, range: Alias['range']) {
    this.source = source
    this.range = range
  }
}

class SimplePair {
  key: unknown
  value: unknown

  constructor(key: unknown, value: unknown) {
    this.key = key
    this.value = value
  }
}

class SimpleMap {
  items: Pair[] = []
  range: YAMLMap['range']
}

class SimpleSeq {
  items: unknown[] = []
  range: YAMLSeq['range']
}

for (const [made, model] of [
  [SimpleScalar, new Scalar('')],
  [SimpleAlias, new Alias('a')],
  [SimplePair, new Pair('')],
  [SimpleMap, new YAMLMap()],
  [SimpleSeq, new YAMLSeq()],
] as const) {
  const like = Object.create(Object.getPrototypeOf(model), Object.getOwnPropertyDescriptors(model))
  Object.setPrototypeOf(made.prototype, like)
}
