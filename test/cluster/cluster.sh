#!/usr/bin/env bash
# A real Kubernetes of one node for tests: docs/test-cluster.md.
#
#   cluster.sh build            make what it consists of, which takes minutes the first time; start nothing
#   cluster.sh up               bring it up, unless it is
#   cluster.sh down             take it away with everything it changed
#   cluster.sh status           KUBECONFIG=…, GATEWAY=…, a line per daemon; exit 0 only when ready
#   cluster.sh image            build the image of this checkout, give it to the nodes and print its name
#   cluster.sh faults           the following, when they can be done here; exit 1 otherwise
#   cluster.sh restart-kubelet
#   cluster.sh stop-apiserver
#   cluster.sh start-apiserver
set -euo pipefail
readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in "$here"/lib/*.sh; do
  # shellcheck disable=SC1090
  . "$part"
done

lock_cluster() {
  exec 9>"$state/lock"
  flock 9
}

command=${1:-}
case $command in
  build | up | down | status | image | faults | restart-kubelet | stop-apiserver | start-apiserver) ;;
  *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
if is_existing; then
  on_existing "$command"
  exit
fi
case $command in
  build | up | down | status) "$command" ;;
  image) deployed_image ;;
  faults) list_faults ;;
  *) provoke "$command" ;;
esac
