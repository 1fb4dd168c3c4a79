/** The directory that an application's staging is deployed from. */
export const STAGING = 'apps/web/overlays/staging'
export const STAGING_FILE = `${STAGING}/kustomization.yaml`

/** What staging has at first, where no commit is to be named. */
export const FIRST_TAG = 'v0.0.0'

/** An application repository with a configuration. */
export function applicationFiles(
  manifests: string,
  merge: 'review' | 'auto',
  app = 'web',
): Map<string, string> {
  return new Map([
    ['README.md', `# ${app}\n`],
    [
      '.github/supercargo.yml',
      `manifests: acme/${manifests}
image: ghcr.io/acme/${app}
tag: "{sha:7}"
ready: commit
environments:
  staging:
    follow: branch main
    path: apps/${app}/overlays/staging
    merge: ${merge}
`,
    ],
  ])
}

/**
 * A manifest repository of exactly so many files, at least 10: applications as teams lay them out, five files
 * each, all in one directory `apps`, which is the worst case for whoever lists it.
 */
export function manifestFiles(size: number, tag: string): Map<string, string> {
  const files = new Map([
    ['README.md', '# Manifests\n'],
    ['.supercargo/policy.yml', policy(['web'])],
    ...appFiles('web', tag),
  ])
  for (let number = 1; files.size < size; number++) {
    for (const [path, text] of appFiles(`service-${String(number).padStart(5, '0')}`, 'v1.2.3')) {
      if (files.size < size) files.set(path, text)
    }
  }
  return files
}

/** What lets each application change its own directory, and merge its staging. */
export function policy(apps: readonly string[]): string {
  const accepted = apps.map(
    (app) => `  - from: acme/${app}*
    paths: apps/${app}/**
    images: ghcr.io/acme/${app}
    merge: [staging]
`,
  )
  return `accept:\n${accepted.join('')}`
}

/** Base, service and two overlays of one application: about 2 kB. */
export function appFiles(app: string, tag: string): [string, string][] {
  return [
    [`apps/${app}/overlays/staging/kustomization.yaml`, overlay(app, 'staging', tag)],
    [`apps/${app}/overlays/production/kustomization.yaml`, overlay(app, 'production', 'v1.2.2')],
    [`apps/${app}/base/kustomization.yaml`, 'resources:\n  - deployment.yaml\n  - service.yaml\n'],
    [`apps/${app}/base/deployment.yaml`, deployment(app)],
    [`apps/${app}/base/service.yaml`, service(app)],
  ]
}

function overlay(app: string, environment: string, tag: string): string {
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${app}-${environment}
resources:
- ../../base
images:
- name: ghcr.io/acme/${app}
  newTag: ${/^\d*e?\d*$/.test(tag) ? `"${tag}"` : tag}
`
}

function deployment(app: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${app}
  labels:
    app.kubernetes.io/name: ${app}
    app.kubernetes.io/part-of: acme
spec:
  replicas: 3
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app.kubernetes.io/name: ${app}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${app}
    spec:
      serviceAccountName: ${app}
      securityContext:
        runAsNonRoot: true
      containers:
        - name: ${app}
          image: ghcr.io/acme/${app}
          ports:
            - name: http
              containerPort: 8080
          envFrom:
            - configMapRef:
                name: ${app}
          readinessProbe:
            httpGet:
              path: /readyz
              port: http
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
`
}

function service(app: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${app}
spec:
  selector:
    app.kubernetes.io/name: ${app}
  ports:
    - name: http
      port: 80
      targetPort: http
`
}
