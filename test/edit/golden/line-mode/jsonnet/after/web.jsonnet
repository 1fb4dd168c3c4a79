local k = import "k.libsonnet";
{
  // image: "ghcr.io/acme/web:v0"
  containers: [{ name: "web", image: "ghcr.io/acme/web:v2" }],
  hidden:: { image:: 'ghcr.io/acme/web:v2', },
}
