import fc from 'fast-check'

/** A place for a version: how the text reads before and after; `plain` when it may stand without quotes. */
export interface Slot {
  old: string
  now: string
  plain: boolean
}

export type Tree = string | number | boolean | null | Slot | Tree[] | { [key: string]: Tree }

export interface Manifest {
  path: string
  tree: Tree
}

export const IMAGE = 'ghcr.io/acme/web'
const ODD =
  '1.10 1234e56 0755 on no y 0x1f 1_000 12:30:45 2024-01-01 .5 1e3 NaN v1 1.2.3-rc.1 latest sha-0123abc 007 true'

const oldTag = fc.constantFrom(...ODD.split(' '))
const word = fc.constantFrom(
  'alpha',
  'beta',
  'two words',
  'x: y',
  '# no comment',
  '',
  'on',
  '1.0',
  'ünï 🚢',
  "it's",
)
const scalar = fc.oneof(word, fc.integer({ min: 0, max: 99_999 }), fc.boolean(), fc.constant(null))
const trap = fc.constantFrom(
  `image: ${IMAGE}:v1`,
  `first\nimage: ${IMAGE}:v1\n\n  - indented\n`,
  `--- ${IMAGE}`,
  `{"image": "${IMAGE}:v1"}`,
)
const extra: fc.Arbitrary<Record<string, Tree>> = fc.dictionary(
  fc.constantFrom('note', 'args', 'ports', 'env', 'zeta', 'a key', '7', 'null'),
  fc.oneof(
    { weight: 5, arbitrary: scalar },
    trap,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('one', 'two', 'three'), scalar, { maxKeys: 3 }),
  ),
  { maxKeys: 3 },
)

/** A tag alone, a whole reference, and what stands around them; `now` is the wished tag. */
function parts(now: string) {
  const tag = oldTag.map((old): Slot => ({ old, now, plain: true }))
  const reference = oldTag.map(
    (old): Slot => ({ old: `${IMAGE}:${old}`, now: `${IMAGE}:${now}`, plain: true }),
  )
  const mixed = (...own: fc.Arbitrary<Record<string, Tree>>[]): fc.Arbitrary<Record<string, Tree>> =>
    fc
      .tuple(extra, ...own)
      .map((records): [string, Tree][] => Object.entries(Object.assign({}, ...records)))
      .chain((entries) => fc.shuffledSubarray(entries, { minLength: entries.length }))
      .map((entries) => Object.fromEntries(entries))
  return { tag, reference, mixed }
}

/** A manifest of any format with some references to the image, among others. */
export function manifest(now: string): fc.Arbitrary<Manifest> {
  const { tag, reference, mixed } = parts(now)
  const container = mixed(reference.map((image) => ({ image })))
  const other = mixed(fc.constant({ image: 'ghcr.io/acme/web-ui:v1' }))
  const containers = fc.array(fc.oneof(container, other), { minLength: 1, maxLength: 3 })
  const values = fc.oneof(
    mixed(fc.record({ repository: fc.constant(IMAGE), tag })).map((image) => ({ image })),
    mixed(fc.record({ registry: fc.constant('ghcr.io'), repository: fc.constant('acme/web'), tag })).map(
      (image) => ({ web: { sidecarImage: image } }),
    ),
    mixed(reference.map((image) => ({ image }))),
    containers.map((list) => ({ extraContainers: list })),
  )
  const entry = mixed(
    fc.oneof(
      tag.map((newTag) => ({ name: IMAGE, newTag })),
      tag.map((newTag) => ({ newName: IMAGE, newTag, name: 'placeholder' })),
      fc.constant({ name: 'redis', newTag: '7' }),
    ),
  )
  const pod = mixed(containers.map((list) => ({ apiVersion: 'v1', kind: 'Pod', spec: { containers: list } })))
  const object = (apiVersion: string, kind: string, spec: fc.Arbitrary<Tree>) =>
    mixed(spec.map((spec) => ({ apiVersion, kind, spec })))
  const at = (tree: fc.Arbitrary<Tree>, ...paths: string[]): fc.Arbitrary<Manifest> =>
    fc.record({ path: fc.constantFrom(...paths), tree })
  return fc.oneof(
    at(pod, 'pod.yaml', 'pod.json', 'a/b.yml'),
    at(
      fc
        .array(pod, { minLength: 1, maxLength: 2 })
        .map((items) => ({ apiVersion: 'v1', kind: 'List', items })),
      'list.yaml',
      'list.json',
    ),
    at(values, 'values.yaml', 'chart/values-prod.json'),
    at(
      fc.record({
        resources: fc.constant<Tree>(['x.yaml']),
        images: fc.array(entry, { minLength: 1, maxLength: 3 }),
      }),
      'kustomization.yaml',
      'o/kustomization.yml',
    ),
    at(
      fc.record({ services: fc.record({ web: container, proxy: other }) }),
      'docker-compose.yml',
      'compose.yaml',
    ),
    at(
      object(
        'helm.toolkit.fluxcd.io/v2',
        'HelmRelease',
        values.map((values) => ({ values })),
      ),
      'release.yaml',
    ),
    at(
      object(
        'argoproj.io/v1alpha1',
        'Application',
        fc.oneof(
          values.map((valuesObject) => ({ source: { helm: { valuesObject } } })),
          reference.map((image) => ({ sources: [{ kustomize: { images: ['redis:7', image] } }] })),
        ),
      ),
      'app.yaml',
    ),
  )
}
