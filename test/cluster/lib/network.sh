# A network namespace of the cluster's own: daemons and pods live in it, and so do its firewall, its routes and its
# bridge, to which this machine is tied like one more pod. All of that goes with the namespace.

make_network() {
  [ -e "$network" ] && ip link show "$id" >/dev/null 2>&1 && return 0
  remove_network
  modprobe br_netfilter 2>/dev/null || true
  touch "$network"
  unshare --net="$network" true
  inside ip link set lo up
  inside ip link add pods type bridge
  inside ip address add "$node_address/24" dev pods
  inside ip address add "$metadata_address/32" dev pods
  inside ip link set pods up
  ip link add "$id" type veth peer name machine netns "$network"
  inside ip link set machine master pods up
  ip address add "$gateway/24" dev "$id"
  ip link set "$id" up
  inside grep -qx 1 /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null ||
    die 'network policies cannot be enforced: this kernel has no br_netfilter'
}

remove_network() {
  ip link delete "$id" 2>/dev/null || true
  umount "$network" 2>/dev/null || true
  rm -f "$network"
}

# Only the network is another one: `ip netns exec` would change mounts as well.
inside() { nsenter --net="$network" -- "$@"; }
