{ image: "ghcr.io/acme/web:v2" }
