# A cgroup of this cluster's own in each hierarchy: the kubelet ends pods it does not know, so two must not share one.

make_cgroups() {
  local mount
  if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    echo '+cpu +cpuset +memory +pids' >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    mkdir -p "/sys/fs/cgroup/$id"
    return
  fi
  while read -r mount; do mkdir -p "$mount/$id"; done < <(awk '$3 == "cgroup" { print $2 }' /proc/mounts)
}

# Whatever still runs in there was started by a pod of ours.
remove_cgroups() {
  local cgroup pid
  for cgroup in /sys/fs/cgroup/"$id" /sys/fs/cgroup/*/"$id"; do
    [ -d "$cgroup" ] || continue
    for pid in $(find "$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
    for _ in {1..20}; do
      find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$cgroup" ] || break
      sleep 0.1
    done
  done
}
