# What the machine has to have: installed when missing, and left there by `down`.

install_missing() {
  local -A package=([containerd]=containerd [ctr]=containerd [runc]=runc [/usr/lib/cni/bridge]=containernetworking-plugins
    [debootstrap]=debootstrap [openssl]=openssl [iptables]=iptables [ipset]=ipset [ip]=iproute2 [nsenter]=util-linux [flock]=util-linux [setsid]=util-linux [pgrep]=procps [go]=golang-go
    [buildah]=buildah)
  local tool missing=()
  for tool in "${!package[@]}"; do command -v "$tool" >/dev/null || missing+=("${package[$tool]}"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing the packages ${missing[*]} (they stay)"
  without_services apt_install "${missing[@]}"
}

apt_install() {
  apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends "$@" >&2
}

# Packages start their services where there is an init system; ours is started by us.
without_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  [ -e "$policy" ] && { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  "$@" || status=$?
  rm -f "$policy"
  return "$status"
}
