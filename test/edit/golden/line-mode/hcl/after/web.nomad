task "web" {
  config {
    image = "ghcr.io/acme/web:v2"
    # image = "ghcr.io/acme/web:v1.1"
    image_pull_timeout = "5m"
  }
}
