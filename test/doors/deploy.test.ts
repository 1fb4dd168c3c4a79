import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { satisfies } from 'semver'
import { parseAllDocuments } from 'yaml'

const read = (path: string) => readFileSync(path, 'utf8')

test('the Dockerfile copies only what exists and what .dockerignore lets through', () => {
  const allowed: string[] = read('.dockerignore').match(/(?<=^!).+$/gm) ?? []
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, paths]) => paths?.split(' ') ?? [],
  )
  assert.ok(copied.length >= 6)
  for (const path of copied) {
    const name = path.replace(/^\.\//, '')
    assert.ok(existsSync(name), name)
    assert.ok(allowed.includes(name), `${name} is kept out by .dockerignore`)
  }
})

test('the image runs what `npm start` runs, not as root, and signals reach it', () => {
  const dockerfile = read('Dockerfile')
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const command = JSON.parse(/^CMD (.+)$/m.exec(dockerfile)?.[1] ?? '[]') as string[]
  assert.equal(command.join(' '), scripts.start)
  assert.match(dockerfile, /^USER node$/m)
  assert.match(dockerfile, /^HEALTHCHECK /m)
  assert.match(dockerfile, /HOST=0\.0\.0\.0/)
})

test('the manifests in deploy/ are valid YAML that runs it without privileges and lets it stop', () => {
  const files = [
    'deploy/docker-compose.yml',
    ...readdirSync('deploy/kubernetes').map((file) => `deploy/kubernetes/${file}`),
  ]
  assert.ok(files.length >= 3)
  for (const file of files) {
    for (const document of parseAllDocuments(read(file))) {
      assert.deepEqual([...document.errors, ...document.warnings], [], file)
      const object = document.toJS() as { kind?: string; spec?: { template?: { spec: PodSpec } } }
      if (object.kind === 'Deployment') assertUnprivileged(object.spec?.template?.spec)
    }
  }
})

interface PodSpec {
  terminationGracePeriodSeconds: number
  securityContext: { runAsNonRoot: boolean }
  containers: { securityContext: Record<string, unknown>; readinessProbe: { httpGet: { path: string } } }[]
}

function assertUnprivileged(spec: PodSpec | undefined): void {
  assert.ok((spec?.terminationGracePeriodSeconds ?? 0) > 25)
  assert.equal(spec?.securityContext.runAsNonRoot, true)
  assert.equal(spec?.containers[0]?.securityContext.allowPrivilegeEscalation, false)
  assert.equal(spec?.containers[0]?.securityContext.readOnlyRootFilesystem, true)
  assert.equal(spec?.containers[0]?.readinessProbe.httpGet.path, '/readyz')
}

/** A variable of one instance or registry, without what it begins with. */
const GIVEN = /\bgiven\('([A-Z_]+)'\)/g

test('every setting that is read is documented, and none that is not', () => {
  const general = [
    'settings',
    'gitlab-settings',
    'registry-auth',
    'registry-settings',
    'trust-root-settings',
    'preview-hosts',
  ]
  const code = [...general.map((name) => `src/doors/${name}.ts`), 'src/main.ts'].map(read).join('\n')
  const found = code.matchAll(/\b(?:text|whole)\(\s*'([A-Z_]+)'|process\.env\.([A-Z_]+)/g)
  const ofGitLab = read('src/doors/gitlab-settings.ts').matchAll(GIVEN)
  const used = new Set([
    ...[...found].map(([, a, b]) => a ?? b),
    ...[...ofGitLab].map(([, name]) => `GITLAB_${name}`),
  ])
  const table = read('docs/operations.md').split('## Paths')[0] ?? ''
  const documented = new Set(
    [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell]) =>
      [...(cell ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
    ),
  )
  assert.ok(used.size >= 13)
  assert.deepEqual([...documented].sort(), [...used].sort())
})

test('every setting of a registry is documented, and none that is not', () => {
  const code = ['src/doors/registry-auth.ts', 'src/doors/registry-settings.ts'].map(read).join('\n')
  const used = new Set([...code.matchAll(GIVEN)].map(([, name]) => name))
  const table = /## Variables([\s\S]*?)\n###/.exec(read('docs/registries.md'))?.[1] ?? ''
  const documented = new Set(
    [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell]) =>
      [...(cell ?? '').matchAll(/`_([A-Z_]+)`/g)].map(([, name]) => name),
    ),
  )
  assert.ok(used.size >= 14)
  assert.deepEqual([...documented].sort(), [...used].sort())
})

interface Locked {
  engines?: { node?: string }
  optionalDependencies?: Record<string, string>
}

test('`npm ci` takes the lock file on every platform, and no package wants a newer Node', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
  const lost = Object.values(packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)))
  // npm forgets those of other platforms when it does not see them, and then refuses to install.
  assert.deepEqual(lost, [])
  const newer = Object.entries(packages).filter(
    ([, { engines }]) => engines?.node && !satisfies('20.20.0', engines.node),
  )
  assert.deepEqual(newer, [])
})

test('the image has what its code imports: installed, or put into the one file that needs it', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const bundled = [...read('deploy/bundle.mjs').matchAll(/bundle\('dist\/(\S+)\.js'/g)].map(
    ([, name]) => name,
  )
  assert.deepEqual(bundled, ['cli/commander', 'cli/main', 'cli/previews/cluster'])
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const missing = files
    .filter((file) => !bundled.includes(file.slice(0, -3)))
    .flatMap((file) =>
      [
        ...read(`src/${file}`).matchAll(
          /(?:\bfrom|\bimport\() ?'((?!node:)(?:@[\w-]+\/)?[a-z][\w-]*)[^']*'/g,
        ),
      ].map(([, name = '']) => name),
    )
    .filter((name) => !Object.hasOwn(dependencies, name))
  assert.deepEqual(missing, [])
})
