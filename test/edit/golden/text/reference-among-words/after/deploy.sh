docker run --rm -p 80:80 ghcr.io/acme/web:v2 --verbose # supercargo: web
