echo "v1 # supercargo: web:tag"
TAG=v2 # supercargo: web:tag
