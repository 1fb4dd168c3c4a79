/*
{ image: "ghcr.io/acme/web:v0" }
*/
{ image: "ghcr.io/acme/web:v2" }
