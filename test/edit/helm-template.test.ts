import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { helmTemplate, skipWithoutHelm } from '../support/helm.ts'

const skip = skipWithoutHelm()
const golden = join(import.meta.dirname, 'golden', 'helm-values')

/** A chart that prints every value of its files as JSON, and every image as charts put it together. */
const SHOW_ALL = {
  'show/Chart.yaml': 'apiVersion: v2\nname: show\nversion: 0.1.0\n',
  'show/templates/all.yaml': `{{- define "walk" }}
{{- $at := .at }}
{{- if kindIs "map" .value }}
{{- if kindIs "string" .value.repository }}
- image of {{ $at }} is {{ list .value.registry .value.repository | compact | join "/" }}{{ with .value.tag }}:{{ . }}{{ end }}
{{- end }}
{{- range $key, $value := .value }}{{ include "walk" (dict "at" (printf "%s/%s" $at $key) "value" $value) }}{{ end }}
{{- else if kindIs "slice" .value }}
{{- range $index, $value := .value }}{{ include "walk" (dict "at" (printf "%s/%d" $at $index) "value" $value) }}{{ end }}
{{- else }}
- value of {{ $at }} is {{ toJson .value }}
{{- end }}
{{- end }}
kind: All
all: |
{{- range $path, $bytes := .Files.Glob "values/**" }}
  {{- include "walk" (dict "at" $path "value" (fromYaml (toString $bytes))) | nindent 2 }}
{{- end }}
`,
}

interface Wish {
  image: string
  tag: string
  digest?: string
}

/** Whether a text is nothing but the version wished for: a tag, a digest, a reference, or an emptied digest. */
function isWished(text: string, { tag, digest }: Wish): boolean {
  const versions = [tag, digest, digest?.slice(7), `${tag}@${digest}`].flatMap((version) => version ?? [])
  const isReference = versions.some((version) => text.endsWith(`:${version}`) || text.endsWith(`@${version}`))
  return text === '' || versions.includes(text) || (isReference && !/\s/.test(text))
}

/** Of several documents helm reads the first. */
const NOT_READ = 'several-documents-in-one-file'

const cases = readdirSync(golden).flatMap((name) => {
  if (name === NOT_READ) return []
  const wish: Wish = JSON.parse(readFileSync(join(golden, name, 'case.json'), 'utf8'))
  const paths = readdirSync(join(golden, name, 'before'), { recursive: true, encoding: 'utf8' })
  return paths.flatMap((path) => {
    if (!/\.(?:ya?ml|json)$/.test(path) || /Chart|templates|schema/.test(path)) return []
    const [before = '', after = ''] = ['before', 'after'].map((side) =>
      readFileSync(join(golden, name, side, path), 'utf8'),
    )
    return before === after ? [] : [{ name, path, wish, before, after }]
  })
})

test('the golden values that helm reads are many', () => {
  assert.ok(cases.length > 45, String(cases.length))
})

test('helm reads the intended version in each of them, as text, and nothing else new', { skip }, () => {
  const files = cases.flatMap(({ before, after }, n) => [
    [`show/values/${n}/before`, before],
    [`show/values/${n}/after`, after],
  ])
  const build = helmTemplate({ ...SHOW_ALL, ...Object.fromEntries(files) }, 'show', [])
  assert.ok(build.ok, build.ok ? '' : build.error)
  const read = new Map<string, Map<string, string>>()
  for (const line of build.lines) {
    const [, what, file = '', at, value = ''] =
      /^ *- (\w+) of values\/(\d+\/\w+)(.*?) is (.*)$/.exec(line) ?? []
    const values = read.get(file) ?? new Map<string, string>()
    read.set(file, values.set(`${what} of ${at}`, value))
  }
  cases.forEach(({ name, path, wish }, n) => {
    const old = read.get(`${n}/before`) ?? new Map<string, string>()
    const now = read.get(`${n}/after`) ?? new Map<string, string>()
    assert.ok(!old.has('value of /Error') && !now.has('value of /Error'), `${name} ${path}`)
    for (const at of old.keys()) assert.ok(now.has(at), `${name}: ${at} is gone`)
    const changed = [...now].filter(([at, value]) => old.get(at) !== value)
    assert.ok(changed.length > 0, `${name} ${path}: ${JSON.stringify([...now])}`)
    for (const [at, value] of changed) {
      const text = at.startsWith('value') ? JSON.parse(value) : value
      assert.equal(typeof text, 'string', `${name}: ${at}: ${value}`)
      assert.ok(isWished(text, wish), `${name}: ${at}: ${value}`)
    }
  })
})
