# A subnet that nobody uses, kept with the cluster. Everything else is inside a network namespace of its own.

readonly api_port=6443
# Where clouds keep what pods must not see.
readonly metadata_address=169.254.169.254

# Sets subnet (its first three bytes), gateway (this machine, as pods reach it) and node_address.
read_addresses() {
  # shellcheck disable=SC1091
  [ -f "$state/addresses" ] && . "$state/addresses"
}

pick_addresses() {
  [ -f "$state/addresses" ] && return 0
  local subnet
  subnet=$(free_subnet) || die 'no subnet of 10.244.0.0/16 is free'
  printf 'subnet=%s\ngateway=%s\nnode_address=%s\n' "$subnet" "$subnet.1" "$subnet.2" >"$state/addresses.new"
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
