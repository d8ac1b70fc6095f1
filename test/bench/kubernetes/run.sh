#!/usr/bin/env bash
# The benches of runs in pods: on the cluster that is up, or else on one brought up for them and taken away again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cluster=$here/../../cluster/cluster.sh
if ! "$cluster" status >/dev/null 2>&1; then
  trap '"$cluster" down' EXIT
  trap 'exit 130' INT TERM
fi
"$cluster" up >&2
KUBECONFIG=$("$cluster" status | sed -n 's/^KUBECONFIG=//p')
export KUBECONFIG
BENCH=${BENCH:-kubernetes-pod,kubernetes-warm,kubernetes-cancel} npm --loglevel=error run --silent bench -- "$@"
