#!/usr/bin/env bash
# plain-run.sh NUMBER: a run in a pod of its own as people write it with kubectl: the pod, the tree, the command, what
# came of it, the pod's end.
set -euo pipefail
pod=plain-$1
out=$RESULTS/$1
mkdir "$out"

# With LOG_REQUESTS every request is a line on standard error.
k() { "$KUBECTL" ${LOG_REQUESTS:+-v=6} -n "$NAMESPACE" "$@"; }

step_by_step() {
  k exec -i "$pod" -- tar -C "$ROOT" -xzf - <"$PACK"
  local code=0
  k exec "$pod" -- env "HOME=$ROOT/home" bash -c "cd '$ROOT/tree' && $COMMAND" >"$out/stdout" 2>"$out/stderr" || code=$?
  echo "$code" >"$out/exit-code"
  k exec "$pod" -- tar -C "$ROOT/tree" -cf - "$REPORT" | tar -C "$out" -xf -
}

# Everything over one connection, as people come to write it who count their seconds.
at_once() {
  k exec -i "$pod" -- bash -c "cd '$ROOT' && tar -xzf - && cd tree && export HOME='$ROOT/home'
    ($COMMAND) >../stdout 2>../stderr; echo \$? >../exit-code; mv '$REPORT' .. && cd .. &&
    tar -cf - stdout stderr exit-code '$REPORT'" <"$PACK" | tar -C "$out" -xf -
}

sed "s/POD-NAME/$pod/" "$MANIFEST" | k create -f - >/dev/null
k wait --for=condition=Ready --timeout=120s "pod/$pod" >/dev/null
if [ -n "$THRIFTY" ]; then at_once; else step_by_step; fi
k delete pod "$pod" --wait=false --grace-period=1 >/dev/null
