image = "${var.repo}:v1" # supercargo: web:tag
