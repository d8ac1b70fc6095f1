# Ports and a subnet that nobody uses, kept with the cluster. Loopback and our own bridge only.

# Sets bridge, subnet (its first three bytes), gateway, api_port, etcd_port, etcd_peer_port.
read_addresses() {
  readonly bridge=$id
  # shellcheck disable=SC1091
  [ -f "$state/addresses" ] && . "$state/addresses"
}

pick_addresses() {
  [ -f "$state/addresses" ] && return 0
  local subnet ports
  subnet=$(free_subnet) || die 'no subnet of 10.244.0.0/16 is free'
  mapfile -t ports < <(free_ports 3)
  printf 'subnet=%s\ngateway=%s\napi_port=%s\netcd_port=%s\netcd_peer_port=%s\n' \
    "$subnet" "$subnet.1" "${ports[@]}" >"$state/addresses.new"
  mv "$state/addresses.new" "$state/addresses"
}

free_subnet() {
  local third prefix
  for third in {0..255}; do
    prefix=10.244.$third.0/24
    [ -n "$(ip -4 route show table all root "$prefix")" ] && continue
    ip -4 route show table all match "$prefix" | grep -qv '^default' && continue
    printf '10.244.%s' "$third"
    return 0
  done
  return 1
}

# From below the ports that connections leave from: one of those could be taken, or meet itself, while a server is away.
free_ports() { # COUNT
  local port left=$1
  for port in {16443..32000}; do
    [ -z "$(ss -Htan "sport = :$port")" ] || continue
    echo "$port"
    [ $((--left)) -gt 0 ] || return 0
  done
}
