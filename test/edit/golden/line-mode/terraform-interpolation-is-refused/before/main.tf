resource "x" "web" {
  image = "ghcr.io/acme/web:${var.tag}"
}
