{{- define "web.container" -}}
name: web
image: "ghcr.io/acme/web:v1" {{/* pinned */}}
{{- end -}}
