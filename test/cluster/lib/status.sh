# Whether the cluster can be used, and what runs.

is_ready() {
  local name
  for name in "${daemons[@]}"; do pid_of "$name" >/dev/null || return 1; done
  timeout 10 "$bin/kubectl" --kubeconfig "$admin_kubeconfig" get --raw /readyz >/dev/null 2>&1 && node_is_ready
}

# Asked through the API server: the condition alone may be a memory from before the kubelet ended.
node_is_ready() {
  timeout 10 "$bin/kubectl" --kubeconfig "$admin_kubeconfig" get --raw "/api/v1/nodes/$node/proxy/healthz" >/dev/null 2>&1 &&
    kubectl wait --for=condition=Ready "node/$node" --timeout=1s >/dev/null 2>&1
}

status() {
  local name pid
  printf 'KUBECONFIG=%s\n' "$admin_kubeconfig"
  read_addresses && printf 'GATEWAY=%s\n' "$gateway"
  printf 'PRODUCT_KUBECONFIG=%s\nAUDIT_LOG=%s\n' "$product_kubeconfig" "$audit_log"
  for name in "${daemons[@]}"; do
    if pid=$(pid_of "$name"); then
      awk -v name="$name" -v pid="$pid" '/^VmRSS/ { printf "%-24s runs, process %s, %d MB\n", name, pid, $2 / 1024 }' "/proc/$pid/status"
    else
      printf '%-24s does not run\n' "$name"
    fi
  done
  is_ready && echo ready && return 0
  echo 'not ready'
  return 1
}
