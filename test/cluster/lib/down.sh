# Takes everything away that `up` brought, whatever state it is in.

down() {
  local name
  [ -d "$state" ] || { say 'there is none'; return 0; }
  needs_root
  lock_cluster
  read_addresses || true
  for name in metadata kube-router kubelet kube-scheduler kube-controller-manager kube-apiserver etcd; do stop "$name" KILL; done
  # Apart, as it gives up where containerd does not come up any more.
  [ -d "$state/containerd" ] && { (remove_containers) || say 'containers are ended without containerd'; }
  stop containerd
  end_shims
  remove_cgroups
  remove_mounts
  remove_network
  remove_outside_files
  put_sysctls_back
  rm -rf --one-file-system "$state"
  say 'gone; sysctls are as before'
}

# Containers outlive the daemons; containerd is started again to remove them if need be.
remove_containers() {
  local container namespaces
  [ ! -f "$state/addresses" ] || configure
  start_containerd
  namespaces=$(for container in $(ctr containers ls -q); do ctr containers info "$container"; done |
    sed -n 's/.*"path": *"\/[^"]*\/netns\/\([^"/]*\)".*/\1/p' | sort -u)
  for container in $(ctr tasks ls -q); do ctr tasks kill --signal KILL "$container" || true; done 2>/dev/null
  for _ in {1..50}; do
    for container in $(ctr tasks ls -q); do ctr tasks delete "$container" >/dev/null 2>&1 || true; done
    [ -n "$(ctr tasks ls -q)" ] || break
    sleep 0.1
  done
  for container in $(ctr containers ls -q); do
    ctr containers delete "$container" >/dev/null || true
    rm -f /var/lib/cni/results/*-"$container"-*
  done
  for container in $namespaces; do ip netns delete "$container" 2>/dev/null || true; done
}

# One per container, which ends with it unless containerd failed.
end_shims() {
  local pid
  for pid in $(pgrep --full -- "^[^ ]*containerd-shim[^ ]* .*-address $containerd_socket( |$)"); do kill -KILL "$pid" 2>/dev/null || true; done
}

remove_mounts() {
  local mount
  while read -r mount; do umount --lazy "$mount"; done \
    < <(awk -v below="$state/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r)
}

# What the daemons write to places that no option moves. Folders go when they are empty.
remove_outside_files() {
  find /var/log/containers -maxdepth 1 -lname "$state/*" -delete 2>/dev/null || true
  is_last_cluster || return 0
  rm -f /var/lib/kubelet/device-plugins/kubelet.sock
  rmdir /var/lib/kubelet/device-plugins /var/lib/kubelet /var/log/containers /var/lib/cni/results /var/lib/cni \
    /run/containerd/{s,fifo,runc/k8s.io,runc,} /run/netns 2>/dev/null || true
}
