docker run --rm -p 80:80 ghcr.io/acme/web:v1 --verbose # supercargo: web
