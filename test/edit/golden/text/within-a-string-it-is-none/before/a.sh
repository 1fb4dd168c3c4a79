echo "v1 # supercargo: web:tag"
TAG=v1 # supercargo: web:tag
