# What fault tests do to the cluster.

readonly faults='restart-kubelet stop-apiserver start-apiserver'

# Prints the faults that can be provoked here; none on a cluster that is not ours.
list_faults() { [ -f "$state/addresses" ] && [ "$(id -u)" -eq 0 ] && echo "$faults"; }

provoke() { # FAULT
  list_faults >/dev/null || die "cannot $1: there is no cluster of ours, or this is not root"
  lock_cluster
  read_addresses
  case $1 in
    restart-kubelet) stop kubelet; start_kubelet ;;
    # Asked kindly, it would serve open watches for another minute.
    stop-apiserver) stop kube-apiserver KILL ;;
    start-apiserver) start_apiserver ;;
  esac
}
