{
  a: { image: "ghcr.io/acme/web:v1" + suffix },
  b: { image: "ghcr.io/acme/web:%s" % tag },
  c: { image: "ghcr.io/acme/web:v1" },
}
