#!/bin/bash
# What teams write into their pipeline to have a new image tag proposed in the manifest repository.
# Wants: MANIFESTS_URL (with a token in it), MANIFESTS (owner/name), API, TOKEN, APP, IMAGE, TAG, OVERLAY
# (directory); HOW=full or sparse; KUSTOMIZE, the program, or empty for sed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "$HOW" = sparse ]; then
  git clone --quiet --depth 1 --filter=blob:none --sparse "$MANIFESTS_URL" "$work"
  git -C "$work" sparse-checkout set "$OVERLAY"
else
  git clone --quiet --depth 1 "$MANIFESTS_URL" "$work"
fi

cd "$work"
branch="bump/$APP-$TAG"
git switch --quiet -c "$branch"
(
  cd "$OVERLAY"
  if [ -n "$KUSTOMIZE" ]; then
    "$KUSTOMIZE" edit set image "$IMAGE:$TAG"
  else
    sed -i.old "s|newTag: .*|newTag: \"$TAG\"|" kustomization.yaml && rm kustomization.yaml.old
  fi
)
if git diff --quiet; then exit 0; fi
git commit --quiet -am "$APP: $TAG"
git push --quiet origin "$branch" 2>/dev/null

curl --fail --silent --show-error --output /dev/null \
  --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' \
  --data "{\"title\":\"$APP: $TAG\",\"head\":\"$branch\",\"base\":\"main\",\"body\":\"Image tag $TAG.\"}" \
  "$API/repos/$MANIFESTS/pulls"
