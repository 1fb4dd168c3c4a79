{{- define "web.container" -}}
name: web
image: "ghcr.io/acme/web:v2" {{/* pinned */}}
{{- end -}}
