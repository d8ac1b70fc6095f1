# Where things are: in the cache what can be made again, in a folder of its own what belongs to one cluster.

readonly clone=$(cd "$here/../.." && pwd)
readonly cache=${COMMIT_SUITE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/commit-suite}/test-cluster
readonly state=$(realpath -m "${COMMIT_SUITE_TEST_CLUSTER_DIR:-$cache/state}")
# Two clusters on one machine differ in this: it names the link to their network and the cgroup.
readonly id=cstc-$(printf %s "$state" | sha256sum | cut -c1-6)

readonly bin=$state/bin run=$state/run log=$state/log pki=$state/pki conf=$state/conf network=$state/network
readonly admin_kubeconfig=$state/admin.kubeconfig product_kubeconfig=$state/product.kubeconfig audit_log=$log/audit.log
readonly containerd_socket=$run/containerd.sock
readonly node=node1

say() { printf 'test cluster: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

kubectl() { "$bin/kubectl" --kubeconfig "$admin_kubeconfig" "$@"; }
ctr() { command ctr --address "$containerd_socket" --namespace k8s.io "$@"; }

# Paths of Unix sockets end at 107 bytes, and containerd adds to ours.
check_state_path() {
  [ ${#state} -le 70 ] || die "the path $state is too long for sockets below it: set COMMIT_SUITE_TEST_CLUSTER_DIR to a shorter one"
}
