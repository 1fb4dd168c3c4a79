/** What every environment of the application builds on, in the manifest repository: a deployment and its service. */
export const WEB_BASE = {
  'apps/web/base/kustomization.yaml': 'resources: [web.yaml]\n',
  'apps/web/base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: ghcr.io/acme/web, ports: [{ containerPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`,
}
