local k = import "k.libsonnet";
{
  // image: "ghcr.io/acme/web:v0"
  containers: [{ name: "web", image: "ghcr.io/acme/web:v1" }],
  hidden:: { image:: 'ghcr.io/acme/web:v1.1', },
}
