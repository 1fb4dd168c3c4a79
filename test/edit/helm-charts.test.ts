import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseImageName } from '../../src/domain/image.ts'
import { setImage } from '../../src/edit/set-image.ts'
import { helmTemplate, skipWithoutHelm } from '../support/helm.ts'

const skip = skipWithoutHelm()
const DIGEST = `sha256:${'fedcba9876543210'.repeat(4)}`
const OLD_DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

const chart = (name: string, rest = '') =>
  `apiVersion: v2\nname: ${name}\nversion: 0.1.0\nappVersion: "0.0.1"\n${rest}`
const pod = (name: string, ...images: string[]) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  labels: {replicas: {{ .Values.replicas | default 1 | quote }}}\nspec:\n  containers:\n${images.map((image, n) => `  - name: c${n}\n    image: ${image}\n`).join('')}`

/** As large collections of charts put an image together, in a library. */
const LIBRARY = `{{- define "common.image" -}}
{{- $registry := default .image.registry ((.global).imageRegistry) -}}
{{- $separator := ternary "@" ":" (not (empty .image.digest)) -}}
{{- $version := default .image.tag .image.digest | toString -}}
{{- if $registry }}{{ printf "%s/%s%s%s" $registry .image.repository $separator $version }}
{{- else }}{{ printf "%s%s%s" .image.repository $separator $version }}{{ end -}}
{{- end -}}
`

interface Chart {
  /** The directory of the chart is \`chart\`. */
  files: Record<string, string>
  values?: string[]
  image?: string
  tag?: string
  digest?: string
  /** The images that differ in what helm renders, in order. */
  changed: string[]
}

const CHARTS: Record<string, Chart> = {
  'a chart as helm creates it': {
    files: {
      'chart/values.yaml':
        'replicas: 1\nimage:\n  repository: ghcr.io/acme/web\n  # Overrides the image tag.\n  tag: ""\n',
      'chart/templates/pod.yaml': pod(
        'web',
        '"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"',
        'redis:7',
      ),
    },
    changed: ['"ghcr.io/acme/web:v2"'],
  },
  'a tag of digits that helm would print as a power of ten': {
    files: {
      'chart/values.yaml': 'image:\n  repository: ghcr.io/acme/web\n  tag: c573904\n',
      'chart/templates/pod.yaml': pod('web', '{{ .Values.image.repository }}:{{ .Values.image.tag }}'),
    },
    tag: '58467965',
    changed: ['ghcr.io/acme/web:58467965'],
  },
  'a library that lets a digest win over the tag': {
    files: {
      'chart/values.yaml': `image:\n  registry: ghcr.io\n  repository: acme/web\n  tag: v1\n  digest: ${OLD_DIGEST}\n`,
      'chart/templates/_image.tpl': LIBRARY,
      'chart/templates/pod.yaml': pod(
        'web',
        '{{ include "common.image" (dict "image" .Values.image "global" .Values.global) }}',
      ),
    },
    changed: ['ghcr.io/acme/web:v2'],
  },
  'a library and a digest that is known': {
    files: {
      'chart/values.yaml': `image:\n  registry: ghcr.io\n  repository: acme/web\n  tag: v1\n  digest: ${OLD_DIGEST}\n`,
      'chart/templates/_image.tpl': LIBRARY,
      'chart/templates/pod.yaml': pod(
        'web',
        '{{ include "common.image" (dict "image" .Values.image "global" .Values.global) }}',
      ),
    },
    digest: DIGEST,
    changed: [`ghcr.io/acme/web@${DIGEST}`],
  },
  'a registry for all images': {
    files: {
      'chart/values.yaml':
        'global:\n  imageRegistry: ghcr.io\nimage:\n  repository: acme/web\n  tag: v1\nother:\n  image:\n    repository: acme/api\n    tag: v1\n',
      'chart/templates/_image.tpl': LIBRARY,
      'chart/templates/pod.yaml': pod(
        'web',
        '{{ include "common.image" (dict "image" .Values.image "global" .Values.global) }}',
        '{{ include "common.image" (dict "image" .Values.other.image "global" .Values.global) }}',
      ),
    },
    changed: ['ghcr.io/acme/web:v2'],
  },
  'a sub-chart by the values of the chart above it': {
    files: {
      'chart/values.yaml':
        'web:\n  image:\n    tag: v1 # of the chart below\n    repository: ghcr.io/acme/web\nreplicas: 2\n',
      'chart/charts/web/Chart.yaml': chart('web'),
      'chart/charts/web/values.yaml':
        'image:\n  repository: ghcr.io/acme/web\n  tag: v0\n  pullPolicy: Always\n',
      'chart/charts/web/templates/pod.yaml': pod(
        'web',
        '{{ .Values.image.repository }}:{{ .Values.image.tag }}',
      ),
    },
    changed: ['ghcr.io/acme/web:v2'],
  },
  'several files of values, of which one has the digest of a base': {
    files: {
      'chart/values.yaml': 'image:\n  repository: ghcr.io/acme/web\n  tag: v0\n  digest: ""\n',
      'chart/templates/_image.tpl': LIBRARY,
      'chart/templates/pod.yaml': pod(
        'web',
        '{{ include "common.image" (dict "image" .Values.image "global" nil) }}',
      ),
      'envs/base.yaml': `image:\n  repository: ghcr.io/acme/web\n  digest: ${OLD_DIGEST}\n`,
      'envs/prod-values.yaml': "image:\n  repository: ghcr.io/acme/web\n  tag: 'v1'\n",
    },
    values: ['envs/base.yaml', 'envs/prod-values.yaml'],
    changed: ['ghcr.io/acme/web:v2'],
  },
  'values in JSON that hold a number': {
    files: {
      'chart/templates/pod.yaml': pod('web', '{{ .Values.image.repository }}:{{ .Values.image.tag }}'),
      'values.json': '{"image": {"repository": "ghcr.io/acme/web", "tag": 1.10}, "replicas": 3}\n',
    },
    values: ['values.json'],
    tag: '1.20',
    changed: ['ghcr.io/acme/web:1.20'],
  },
  'whole references in a list': {
    files: {
      'chart/values.yaml': `jobs:\n- {image: "ghcr.io/acme/web:v1", name: a}\n- {image: ghcr.io/acme/web@${OLD_DIGEST}, name: b}\n- image: ghcr.io/acme/api:v1\n  name: c\n`,
      'chart/templates/pod.yaml':
        '{{- range .Values.jobs }}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .name }}\nspec:\n  containers:\n  - name: c0\n    image: {{ .image | quote }}\n{{- end }}\n',
    },
    changed: ['"ghcr.io/acme/web:v2"', '"ghcr.io/acme/web:v2"'],
  },
  'one anchor for a job and a server': {
    files: {
      'chart/values.yaml':
        'server:\n  image: &image\n    repository: ghcr.io/acme/web\n    tag: v1\njob:\n  image:\n    <<: *image\n    pullPolicy: Never\n',
      'chart/templates/pod.yaml': pod(
        'web',
        '{{ .Values.server.image.repository }}:{{ .Values.server.image.tag }}',
        '{{ .Values.job.image.repository }}:{{ .Values.job.image.tag }}',
      ),
    },
    changed: ['ghcr.io/acme/web:v2', 'ghcr.io/acme/web:v2'],
  },
  'a container that the values write out': {
    files: {
      'chart/values.yaml':
        'extraContainers:\n- name: web\n  image: ghcr.io/acme/web:v1   # ours\n  args: ["--tag", "v1"]\n',
      'chart/templates/pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  containers:\n  {{- toYaml .Values.extraContainers | nindent 2 }}\n',
    },
    changed: ['ghcr.io/acme/web:v2'],
  },
  'a digest as charts of grafana write it': {
    files: {
      'chart/values.yaml': `image:\n  repository: ghcr.io/acme/web\n  tag: v1\n  sha: ${OLD_DIGEST.slice(7)}\n`,
      'chart/templates/pod.yaml': pod(
        'web',
        '{{ .Values.image.repository }}:{{ .Values.image.tag }}{{ if .Values.image.sha }}@sha256:{{ .Values.image.sha }}{{ end }}',
      ),
    },
    changed: ['ghcr.io/acme/web:v2'],
  },
  'an image beside its tag': {
    files: {
      'chart/values.yaml':
        'image: ghcr.io/acme/web\nimageTag: v1\nsidecar:\n  image: ghcr.io/acme/web\n  tag: v1\n',
      'chart/templates/pod.yaml': pod(
        'web',
        '{{ .Values.image }}:{{ .Values.imageTag }}',
        '{{ .Values.sidecar.image }}:{{ .Values.sidecar.tag }}',
      ),
    },
    changed: ['ghcr.io/acme/web:v2', 'ghcr.io/acme/web:v2'],
  },
  'a tag with its digest inside': {
    files: {
      'chart/values.yaml': `image:\n  name: ghcr.io/acme/web\n  repository: ghcr.io/acme/web\n  tag: "v1@${OLD_DIGEST}"\n`,
      'chart/templates/pod.yaml': pod('web', '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"'),
    },
    digest: DIGEST,
    changed: [`"ghcr.io/acme/web:v2@${DIGEST}"`],
  },
}

for (const [title, { files, values = [], image, tag = 'v2', digest, changed }] of Object.entries(CHARTS)) {
  test(`helm renders the intended image and nothing else: ${title}`, { skip }, () => {
    const before = { 'chart/Chart.yaml': chart('chart'), ...files }
    const report = setImage(
      Object.entries(before).map(([path, text]) => ({ path, text })),
      parseImageName(image ?? 'ghcr.io/acme/web'),
      digest === undefined ? { tag } : { tag, digest },
    )
    assert.deepEqual(report.refusals, [])
    const edits = Object.fromEntries(report.edits.map(({ path, after }) => [path, after]))
    const old = helmTemplate(before, 'chart', values)
    const now = helmTemplate({ ...before, ...edits }, 'chart', values)
    assert.ok(old.ok && now.ok, JSON.stringify([old, now]))
    assert.equal(now.lines.length, old.lines.length)
    const different = now.lines.filter((line, n) => line !== old.lines[n]).map((line) => line.trim())
    assert.deepEqual(
      different.map((line) => line.replace(/^(?:- )?image: /, '')),
      changed,
    )
  })
}
