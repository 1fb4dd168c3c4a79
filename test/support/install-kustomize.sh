#!/bin/sh
# Debian's kustomize, by which edited manifests are judged; the argument is where to put it (default: .cache/kustomize).
exec sh "$(dirname "$0")/install-from-debian.sh" kustomize trixie "$@"
