# Brings a cluster up: idempotent, and as well after a crash of any part.

up() {
  check_state_path
  build_parts
  make_folders
  lock_cluster
  pick_addresses
  read_addresses
  if is_ready; then
    import_images
    grant_product
    say 'is up already'
    return 0
  fi
  announce
  remember_sysctls
  make_network
  make_cgroups
  make_certificates
  configure
  start_containerd
  import_images
  start_control_plane
  start_kubelet
  start_policies
  grant_product
  say "ready after $SECONDS s"
}

# All that a test may ask for, in the cache.
build() {
  build_parts
  exec 8>"$cache/lock"
  flock 8
  build_deployed >/dev/null
  exec 8>&-
}

# Binary and images of pods, in the cache.
build_parts() {
  needs_root
  install_missing
  mkdir -p "$cache"
  exec 8>"$cache/lock"
  flock 8
  build_binary
  build_images
  prune_cache
  exec 8>&-
}

# What earlier checkouts left, once nothing has used it for a week.
prune_cache() {
  touch "$(binary_folder)" "$(image_folder)"
  find "$cache" -mindepth 1 -maxdepth 1 \( -name 'binary-*' -o -name 'images-*' -o -name 'deployed-*' \) -mtime +7 -exec rm -rf {} +
}

needs_root() { [ "$(id -u)" -eq 0 ] || { say "$command needs root. Try: sudo --preserve-env=PATH make cluster-$command"; exit 2; }; }

make_folders() {
  mkdir -p "$state" "$run" "$log/pods" "$conf"
  chmod 700 "$state"
  ln -sfn "$(binary_folder)" "$bin"
}

# What `down` takes back.
announce() {
  say 'changes on this machine, until `make cluster-down`:'
  printf '  %s\n' "a link $id with the address $gateway/24 to a network namespace that all servers and firewall rules are in" \
    "cgroups /$id; network namespaces of pods in /run/netns" \
    "sysctls that the kubelet sets: ${sysctls[*]}" \
    "files in $state, /run/containerd, /var/lib/kubelet, /var/lib/cni, /var/log/containers, $machine" >&2
}

start_containerd() {
  start containerd containerd --config "$conf/containerd.toml"
  await 30 'containerd to answer' ctr version
}

start_control_plane() {
  start_etcd
  start_apiserver
  kubectl get clusterrolebinding apiserver-to-kubelet >/dev/null 2>&1 ||
    kubectl create clusterrolebinding apiserver-to-kubelet --clusterrole system:kubelet-api-admin --user apiserver-to-kubelet >/dev/null
  start kube-controller-manager "$bin/kube-controller-manager" --kubeconfig "$conf/controllers.kubeconfig" \
    --bind-address 127.0.0.1 --secure-port 0 --leader-elect=false --use-service-account-credentials \
    --service-account-private-key-file "$pki/service-accounts.key" --root-ca-file "$pki/authority.crt"
  start kube-scheduler "$bin/kube-scheduler" --kubeconfig "$conf/scheduler.kubeconfig" \
    --authentication-kubeconfig "$conf/scheduler.kubeconfig" --authorization-kubeconfig "$conf/scheduler.kubeconfig" \
    --bind-address 127.0.0.1 --secure-port 0 --leader-elect=false
}

# Without fsync it outlives its own death, not the machine's.
start_etcd() {
  local client=http://127.0.0.1:2379 peer=http://127.0.0.1:2380
  start etcd "$bin/etcd" --name test --data-dir "$state/etcd" --log-level warn --unsafe-no-fsync \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "test=$peer"
}

start_apiserver() {
  start kube-apiserver "$bin/kube-apiserver" --bind-address "$node_address" --secure-port "$api_port" \
    --advertise-address "$node_address" --service-cluster-ip-range 10.96.0.0/24 \
    --etcd-servers "http://127.0.0.1:2379" --authorization-mode Node,RBAC --anonymous-auth=false --allow-privileged \
    --enable-admission-plugins NodeRestriction --client-ca-file "$pki/authority.crt" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
    --kubelet-certificate-authority "$pki/authority.crt" --kubelet-preferred-address-types InternalIP \
    --kubelet-client-certificate "$pki/apiserver-to-kubelet.crt" --kubelet-client-key "$pki/apiserver-to-kubelet.key" \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$pki/service-accounts.pub" \
    --service-account-signing-key-file "$pki/service-accounts.key" \
    --audit-policy-file "$conf/audit.yaml" --audit-log-path "$audit_log"
  await 60 'the API server to be ready' kubectl get --raw /readyz
}

start_kubelet() {
  start kubelet "$bin/kubelet" --config "$conf/kubelet.yaml" --kubeconfig "$conf/node.kubeconfig" \
    --root-dir "$state/kubelet" --cert-dir "$state/kubelet/pki" --hostname-override "$node" --node-ip "$node_address" --v 1
  await 90 'the node to be ready' node_is_ready
  await 30 'the default service account' kubectl --namespace default get serviceaccount default
}

# What a worker gets where it is deployed, for the product as tests run it.
grant_product() {
  kubectl apply -k "$clone/k8s/base/rights" >/dev/null
  kubectl get clusterrolebinding commit-suite-tests >/dev/null 2>&1 ||
    kubectl create clusterrolebinding commit-suite-tests --clusterrole commit-suite-worker --user commit-suite-tests >/dev/null
}

# Enforces the NetworkPolicy objects, in the firewall of the cluster's own network.
start_policies() {
  kubectl get clusterrolebinding kube-router >/dev/null 2>&1 || {
    kubectl create clusterrole kube-router --verb get,list,watch \
      --resource nodes,pods,namespaces,networkpolicies.networking.k8s.io >/dev/null
    kubectl create clusterrolebinding kube-router --clusterrole kube-router --user kube-router >/dev/null
  }
  start kube-router "$bin/kube-router" --kubeconfig "$conf/router.kubeconfig" --hostname-override "$node" \
    --service-cluster-ip-range 10.96.0.0/24
  await 30 'policies to be enforced' policies_are_enforced
  start metadata "$bin/metadata" "$metadata_address:80"
}

policies_are_enforced() { inside iptables --wait --numeric --list KUBE-NWPLCY-DEFAULT; }
