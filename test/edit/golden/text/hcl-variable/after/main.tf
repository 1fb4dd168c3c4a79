variable "web_tag" {
  default = "v1.3.0" # supercargo: web:tag
}
module "web" {
  source = "git::https://github.com/acme/web.git?ref=v1.3.0" // supercargo: web:version
}
