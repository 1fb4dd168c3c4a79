import type { Flavour } from '../model/flavour.ts'

/** A repository that newcomers find in the sandbox: its files by path. */
export interface Sample {
  owner: string
  name: string
  description: string
  message: string
  files: Record<string, string>
}

const APP_README = `# web

A small web application. Its CI builds the image \`ghcr.io/acme/web:<short commit hash>\` for every commit.

What Supercargo does with it is written in [CONFIG](CONFIG): a commit on
\`main\` goes to staging, a tag \`v…\` to production, and every open pull request gets a preview.
In a comment on it, \`/cargo help\` tells what else you may ask for.
The manifests are in \`acme/k8s-manifests\`.
`

const SUPERCARGO = `# Who deploys this repository, where to, and when.
manifests: acme/k8s-manifests
image: ghcr.io/acme/web
tag: "{sha:7}"                            # CI tags the image of a commit with its short hash
ready: commit                             # there is no registry here; without this line, images are waited for

environments:
  staging:
    follow: branch main
    path: apps/web/overlays/staging
    merge: review                         # a person merges the change request
  production:
    follow: tag v*
    path: apps/web/overlays/production
    merge: review

previews:
  follow: pull requests
  template: apps/web/preview
  path: apps/web/previews/pr-{number}
  url: https://pr-{number}.web.preview.acme.dev
  merge: direct                           # the policy of acme/k8s-manifests allows it
`

const SERVER = `import { createServer } from 'node:http'

createServer((request, response) => {
  response.end('Hello from acme/web\\n')
}).listen(8080)
`

const DOCKERFILE = `FROM node:20-alpine
WORKDIR /app
COPY server.js package.json ./
USER node
CMD ["node", "server.js"]
`

/** The application, with its configuration where the forge keeps such files. */
function web({ kind, words }: Flavour): Sample {
  const config = `.${kind}/supercargo.yml`
  return {
    owner: 'acme',
    name: 'web',
    description: 'A small web application',
    message: 'Say hello over HTTP',
    files: {
      'README.md': APP_README.replaceAll('CONFIG', config).replace('pull request', words.pull),
      'package.json': '{ "name": "web", "version": "0.1.0", "private": true, "type": "module" }\n',
      'server.js': SERVER,
      Dockerfile: DOCKERFILE,
      [config]: SUPERCARGO,
    },
  }
}

const MANIFESTS_README = `# k8s-manifests

What runs where. Argo CD or Flux deploys from this repository; Supercargo opens change requests in it.

- \`apps/web/base\`: what all environments have in common
- \`apps/web/overlays/staging\`, \`apps/web/overlays/production\`: the environments
- \`apps/web/preview\`: the template of a preview; the previews themselves are in \`apps/web/previews\`
- [.supercargo/policy.yml](.supercargo/policy.yml): which repositories may change what
`

const POLICY = `# Which source repositories may change what here.
accept:
  - from: acme/web
    paths: apps/web/**
    images: ghcr.io/acme/web
    direct: [previews]                    # previews need no change request
    promote: [role:maintain]              # who may promote, roll back and lock by a comment
`

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web
          ports:
            - containerPort: 8080
`

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 8080
`

const PREVIEW_NAMESPACE = `apiVersion: v1
kind: Namespace
metadata:
  name: web-pr-{number}
`

const PREVIEW_INGRESS = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
spec:
  tls:
    - hosts: ["{host}"]
      secretName: web-tls
  rules:
    - host: "{host}"
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
`

/** @param first the tag that all environments begin with: of the application's first commit */
export function samples(flavour: Flavour, first: string | null): { web: Sample; manifests: Sample } {
  const tag = first ?? '0000000'
  return {
    web: web(flavour),
    manifests: {
      owner: 'acme',
      name: 'k8s-manifests',
      description: 'What runs where',
      message: 'Describe staging, production and previews of web',
      files: {
        'README.md': MANIFESTS_README,
        '.supercargo/policy.yml': POLICY,
        'apps/web/base/deployment.yaml': DEPLOYMENT,
        'apps/web/base/service.yaml': SERVICE,
        'apps/web/base/kustomization.yaml': kustomization(['deployment.yaml', 'service.yaml'], null, null),
        'apps/web/overlays/staging/kustomization.yaml': kustomization(['../../base'], 'web-staging', tag),
        'apps/web/overlays/production/kustomization.yaml': kustomization(
          ['../../base'],
          'web-production',
          tag,
        ),
        'apps/web/preview/namespace.yaml': PREVIEW_NAMESPACE,
        'apps/web/preview/ingress.yaml': PREVIEW_INGRESS,
        'apps/web/preview/kustomization.yaml': kustomization(
          ['namespace.yaml', 'ingress.yaml', '../../base'],
          'web-pr-{number}',
          '{tag}',
        ),
      },
    },
  }
}

function kustomization(resources: string[], namespace: string | null, tag: string | null): string {
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
${namespace === null ? '' : `namespace: ${namespace}\n`}resources:
${resources.map((resource) => `  - ${resource}\n`).join('')}${
  tag === null ? '' : `images:\n  - name: ghcr.io/acme/web\n    newTag: "${tag}"\n`
}`
}
