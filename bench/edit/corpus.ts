import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const IMAGE = 'ghcr.io/acme/web'
export const OLD_TAG = 'v1.4.2'
export const NEW_TAG = 'v1.5.0'

/** Files in each directory; one of them, the kustomization, names the image. */
const PER_DIRECTORY = 20

export interface Corpus {
  directories: number
  files: number
  bytes: number
}

/**
 * Writes a manifest repository: directories with a kustomization each, and beside it the Deployments, Services,
 * ConfigMaps and Ingresses of other images that it includes.
 */
export function writeCorpus(root: string, files: number): Corpus {
  const directories = Math.max(1, Math.round(files / PER_DIRECTORY))
  const corpus = { directories, files: 0, bytes: 0 }
  for (let index = 0; index < directories; index++) {
    const directory = join(root, 'apps', `team-${String(index % 20).padStart(2, '0')}`, nameOf(index))
    mkdirSync(directory, { recursive: true })
    const manifests = manifestsOf(nameOf(index))
    const texts = { ...manifests, 'kustomization.yaml': kustomization(index, Object.keys(manifests)) }
    for (const [name, text] of Object.entries(texts)) {
      writeFileSync(join(directory, name), text)
      corpus.files++
      corpus.bytes += text.length
    }
  }
  return corpus
}

function nameOf(index: number): string {
  return `shop-${String(index).padStart(3, '0')}`
}

function manifestsOf(app: string): Record<string, string> {
  const parts = ['api', 'jobs', 'mail', 'search', 'stock']
  const files: Record<string, string> = {}
  for (const part of parts) {
    files[`${part}-deployment.yaml`] = deployment(app, part)
    files[`${part}-service.yaml`] = service(app, part)
    files[`${part}-config.yaml`] = configMap(app, part)
  }
  for (const part of parts.slice(0, PER_DIRECTORY - 1 - 3 * parts.length)) {
    files[`${part}-ingress.yaml`] = ingress(app, part)
  }
  return files
}

function kustomization(index: number, resources: string[]): string {
  const app = nameOf(index)
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${app}
# What runs here beside the shared front end.
resources:
${resources.map((name) => `  - ${name}`).join('\n')}
commonAnnotations:
  acme.dev/team: team-${index % 20}
images:
  - name: ghcr.io/acme/api
    newTag: v2.${index % 7}.0
  - name: ${IMAGE}
    newTag: ${OLD_TAG} # set by the release
  - name: ghcr.io/acme/mail
    newTag: "1.10"
`
}

function deployment(app: string, part: string): string {
  const secrets = ['DATABASE_URL', 'QUEUE_URL', 'CACHE_URL', 'SMTP_PASSWORD', 'SENTRY_DSN', 'SIGNING_KEY']
  const env = secrets.map(
    (name) => `            - name: ${name}
              valueFrom:
                secretKeyRef:
                  name: ${app}-${part}
                  key: ${name.toLowerCase()}`,
  )
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${app}-${part}
  labels: &labels
    app.kubernetes.io/name: ${part}
    app.kubernetes.io/instance: ${app}
    app.kubernetes.io/managed-by: kustomize
spec:
  replicas: 3
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app.kubernetes.io/name: ${part}
      app.kubernetes.io/instance: ${app}
  template:
    metadata:
      labels:
        <<: *labels
        acme.dev/tier: backend
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "9090"
    spec:
      serviceAccountName: ${app}-${part}
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
      initContainers:
        - name: migrate
          image: ghcr.io/acme/migrate:v0.9.1
          command: ["/bin/migrate", "up", "--wait"]
      containers:
        - name: ${part}
          image: ghcr.io/acme/${part}:v2.0.0
          args:
            - --listen=:8080
            - --metrics=:9090
          ports:
            - { name: http, containerPort: 8080 }
            - { name: metrics, containerPort: 9090 }
          envFrom:
            - configMapRef: { name: ${app}-${part} }
          env:
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: LOG_LEVEL
              value: info
${env.join('\n')}
          resources:
            requests: { cpu: 100m, memory: 128Mi }
            limits: { memory: 256Mi }
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 5
          livenessProbe:
            httpGet: { path: /healthz, port: http }
            initialDelaySeconds: 10
          volumeMounts:
            - name: tmp
              mountPath: /tmp
        - name: proxy # terminates mutual TLS
          image: docker.io/envoyproxy/envoy:v1.31.0
          ports:
            - { name: https, containerPort: 8443 }
      volumes:
        - name: tmp
          emptyDir: {}
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector:
                  matchLabels:
                    app.kubernetes.io/name: ${part}
                    app.kubernetes.io/instance: ${app}
      tolerations:
        - key: acme.dev/dedicated
          operator: Equal
          value: backend
          effect: NoSchedule
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
`
}

function service(app: string, part: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${app}-${part}
  labels:
    app.kubernetes.io/name: ${part}
    app.kubernetes.io/instance: ${app}
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: ${part}
    app.kubernetes.io/instance: ${app}
  ports:
    - name: http
      port: 80
      targetPort: http
    - name: metrics
      port: 9090
      targetPort: metrics
`
}

function configMap(app: string, part: string): string {
  const keys = Array.from({ length: 12 }, (_, index) => `  OPTION_${index}: "${part} ${index * 17}"`)
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${app}-${part}
data:
${keys.join('\n')}
  config.yaml: |
    listen: 0.0.0.0:8080
    upstreams:
      - http://${app}-stock
      - http://${app}-search
    webhooks: # sent for every order
      retries: 5
`
}

function ingress(app: string, part: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${app}-${part}
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
spec:
  ingressClassName: nginx
  rules:
    - host: ${part}.${app}.acme.dev
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${app}-${part}
                port:
                  name: http
  tls:
    - hosts: ["${part}.${app}.acme.dev"]
      secretName: ${app}-${part}-tls
`
}
