variable "web_tag" {
  default = "v1" # supercargo: web:tag
}
module "web" {
  source = "git::https://github.com/acme/web.git?ref=v1.2.3" // supercargo: web:version
}
