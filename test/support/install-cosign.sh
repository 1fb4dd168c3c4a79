#!/bin/sh
# Debian's cosign, by which signatures are judged; the argument is where to put it (default: .cache/cosign).
# Of forky: trixie's 2.5 signs with no key of ours.
exec sh "$(dirname "$0")/install-from-debian.sh" cosign forky "$@"
