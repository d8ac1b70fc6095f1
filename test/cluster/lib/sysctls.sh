# The kubelet sets some sysctls for itself. They go back to what they were when the last cluster of this machine goes.

readonly sysctls=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys
  kernel.keys.root_maxbytes)
readonly machine=/run/commit-suite-test-clusters

remember_sysctls() {
  local name
  mkdir -p "$machine/clusters"
  if [ ! -f "$machine/sysctls" ]; then
    for name in "${sysctls[@]}"; do
      printf '%s %s\n' "/proc/sys/${name//.//}" "$(cat "/proc/sys/${name//.//}")"
    done >"$machine/sysctls.new"
    mv "$machine/sysctls.new" "$machine/sysctls"
  fi
  touch "$machine/clusters/$id"
}

is_last_cluster() { [ -z "$(find "$machine/clusters" -type f ! -name "$id" 2>/dev/null)" ]; }

put_sysctls_back() {
  local file value
  rm -f "$machine/clusters/$id"
  is_last_cluster && [ -f "$machine/sysctls" ] || return 0
  while read -r file value; do
    [ "$(cat "$file")" = "$value" ] || echo "$value" >"$file"
  done <"$machine/sysctls"
  rm -r "$machine"
}
