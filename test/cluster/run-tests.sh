#!/usr/bin/env bash
# The tests of the tier `cluster`: on the cluster that is up, or else on one brought up for them and taken away again.
set -euo pipefail
readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly cluster=$here/cluster.sh

if [ "${COMMIT_SUITE_TEST_CLUSTER:-}" != existing ] && [ "$(id -u)" -ne 0 ]; then
  echo 'make test-cluster needs root: it makes a bridge, cgroups and containers. Try: sudo --preserve-env=PATH make test-cluster' >&2
  echo 'Or run it on a cluster of yours: COMMIT_SUITE_TEST_CLUSTER=existing KUBECONFIG=… make test-cluster' >&2
  exit 2
fi
if ! "$cluster" status >/dev/null 2>&1; then
  trap '"$cluster" down' EXIT
  trap 'exit 130' INT TERM
fi
# One that is up gets the images of this checkout.
"$cluster" up >&2
status=$("$cluster" status)
KUBECONFIG=$(sed -n 's/^KUBECONFIG=//p' <<<"$status")
export KUBECONFIG
# Only our own cluster has these. With the second and third what the tests start has a worker's rights, and is audited.
readonly tests=${1:-cluster}
while IFS== read -r name value; do
  case $name in GATEWAY) ;; PRODUCT_KUBECONFIG | AUDIT_LOG) [ "$tests" = cluster-rights ] || continue ;; *) continue ;;
  esac
  export "TEST_CLUSTER_$name=$value"
done <<<"$status"
cd "$here/../.."
npm --loglevel=error run --silent "test:$tests"
