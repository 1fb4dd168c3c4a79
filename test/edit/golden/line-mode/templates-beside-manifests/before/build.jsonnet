{ image: "ghcr.io/acme/web:v1" }
