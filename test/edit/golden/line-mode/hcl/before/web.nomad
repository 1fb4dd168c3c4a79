task "web" {
  config {
    image = "ghcr.io/acme/web:v1"
    # image = "ghcr.io/acme/web:v1.1"
    image_pull_timeout = "5m"
  }
}
