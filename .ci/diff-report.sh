#!/usr/bin/env bash
# Compares documents with those at a base revision; writes the report, the job summary and the outputs.
# Reads GATEWRIGHT_SPEC (paths, one a line; all that changed when empty), GATEWRIGHT_BASE, GATEWRIGHT_FAIL_ON; ends with
# the exit status of the comparison.
set -u
base=${GATEWRIGHT_BASE:?the revision to compare with}
fail_on=${GATEWRIGHT_FAIL_ON:-breaking}
gatewright=${GATEWRIGHT:-gatewright}
folder=${RUNNER_TEMP:-$(mktemp -d)}
specs=()
while IFS= read -r spec; do
  if [ -n "$spec" ]; then specs+=("$spec"); fi
done <<<"${GATEWRIGHT_SPEC:-}"
# A shallow clone has no base: fetch that one commit.
if ! git cat-file -e "$base^{commit}" 2>/dev/null; then
  git fetch --quiet --depth=1 origin "$base" || { echo "cannot fetch $base" >&2; exit 2; }
fi
diff() { "$gatewright" diff --since "$base" "$@" -- ${specs[@]+"${specs[@]}"}; }
report=$folder/gatewright-diff.md
diff --fail-on none --format markdown >"$report" || exit 2
diff --fail-on none --format github || exit 2
diff --fail-on "$fail_on" --format json >"$folder/gatewright-diff.json"
status=$?
breaking=$(sed -n 's/^ *"breaking": \([0-9]*\).*/\1/p' "$folder/gatewright-diff.json" | head -n 1)
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$report" >>"$GITHUB_STEP_SUMMARY"
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  { echo "breaking=${breaking:-0}"; echo "report=$report"; } >>"$GITHUB_OUTPUT"
fi
exit $status
