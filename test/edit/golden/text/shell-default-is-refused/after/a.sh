TAG=${TAG:-v1} # supercargo: web:tag
