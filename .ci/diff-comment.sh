#!/usr/bin/env bash
# Keeps the report as one comment on the pull request: found by its first line, changed or created.
# Reads REPOSITORY, NUMBER, REPORT; `gh` speaks to GitHub.
set -eu
marker='<!-- gatewright diff -->'
[ -s "${REPORT:?the report}" ] || exit 0
id=$(gh api --paginate "repos/${REPOSITORY:?}/issues/${NUMBER:?}/comments" \
  --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$id" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$id" --field "body=@$REPORT" >/dev/null
else
  gh api --method POST "repos/$REPOSITORY/issues/$NUMBER/comments" --field "body=@$REPORT" >/dev/null
fi
