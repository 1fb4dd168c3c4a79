docker run "ghcr.io/acme/web:v1"
