# One Linux with what tests of all templates need: shell, git, curl, Python with pytest, Node with npm; ssh and tini for
# the image of our own.

readonly debian_packages=bash,git,openssh-client,tini,curl,ca-certificates,procps,busybox-static,python3,python3-venv,python3-pip,python3-pytest

node_binary() { realpath "$clone/node_modules/node/bin/node"; }
debian_release() { (. /etc/os-release && printf %s "$VERSION_CODENAME"); }
# The mirror this machine gets its packages from.
debian_mirror() { apt-get indextargets --format '$(RELEASE) $(SITE)' 'Created-By: Packages' | sed -n "s/^$(debian_release) //p" | head -n 1; }

root_filesystem() { # LAYER.tar LOG
  local root
  root=$(mktemp -d "$cache/root.XXXXXX")
  chmod 755 "$root"
  nice debootstrap --variant=minbase --include="$debian_packages" "$(debian_release)" "$root" "$(debian_mirror)" >"$2" 2>&1 ||
    { tail -n 20 "$2" >&2; rm -rf --one-file-system "$root"; die "debootstrap failed: $2"; }
  add_node "$root"
  add_user "$root"
  trim "$root"
  # Device nodes are made anew for each container.
  tar -C "$root" --numeric-owner --one-file-system --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' -cf "$1" .
  rm -rf --one-file-system "$root"
}

add_node() {
  local npm
  install -m 755 "$(node_binary)" "$1/usr/local/bin/node"
  npm=$(realpath "$(command -v npm)")
  mkdir -p "$1/usr/local/lib/node_modules"
  cp -a "${npm%/bin/npm-cli.js}" "$1/usr/local/lib/node_modules/npm"
  chown -R 0:0 "$1/usr/local/lib/node_modules"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"
}

add_user() {
  echo 'test:x:1000:1000::/home/test:/bin/bash' >>"$1/etc/passwd"
  echo 'test:x:1000:' >>"$1/etc/group"
  install -d -o 1000 -g 1000 "$1/home/test"
}

trim() {
  ln -s python3 "$1/usr/bin/python"
  # Images with Python for containers let pip install beside the system's packages.
  rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED
  rm -rf "$1"/{debootstrap,var/cache/apt/*,var/lib/apt/lists/*,var/log/*.log,usr/share/{doc,man,locale,info}/*}
  : >"$1/etc/resolv.conf"
}
