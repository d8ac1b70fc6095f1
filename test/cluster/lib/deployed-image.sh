# The image of this checkout, built from its Dockerfile on the Linux that stands for all images, without any registry of
# images. Kept in a folder named after what it was built from.

deployed_image() {
  local folder name
  [ -f "$state/addresses" ] || die 'there is no cluster: cluster.sh up'
  lock_cluster
  folder=$(build_deployed)
  name=$(deployed_name "$folder")
  ctr images ls -q | grep -qxF "$name" || ctr images import "$folder/image.tar" >/dev/null
  printf '%s\n' "$name"
}

deployed_key() {
  local context
  mapfile -t context < <(cd "$clone" && sed -n 's/^!//p' .dockerignore)
  {
    image_folder
    cat "$here/lib/deployed-image.sh"
    tar -C "$clone" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - Dockerfile .dockerignore "${context[@]}"
  } | sha256sum | cut -c1-12
}

deployed_name() { printf 'localhost/commit-suite:%s\n' "${1##*-}"; } # FOLDER

# Prints the folder that holds image.tar, which is made unless it is there.
build_deployed() {
  local folder
  folder=$cache/deployed-$(deployed_key)
  [ -e "$folder/image.tar" ] || make_deployed "$folder" "$(deployed_name "$folder")" >&2
  touch "$folder"
  printf '%s\n' "$folder"
}

make_deployed() { # FOLDER NAME
  local base=localhost/commit-suite-base:1 work
  say 'building the image of this checkout: two minutes'
  work=$(mktemp -d "$cache/building.XXXXXX")
  archive_image "$(image_folder)/base" "$base" >"$work/base.tar"
  printf 'registry=%s\n' "$(npm config get registry)" >"$work/npmrc"
  mkdir -p "$1"
  if buildah_in "$work" pull --quiet "docker-archive:$work/base.tar" &&
    buildah_in "$work" build --isolation chroot --timestamp 0 --tag "$2" \
      --build-arg BUILD_IMAGE="$base" --build-arg BASE_IMAGE="$base" \
      --secret "id=npmrc,src=$work/npmrc" --secret "id=ca,src=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$clone" &&
    buildah_in "$work" push --quiet "$2" "docker-archive:$work/image.tar:$2"; then
    mv "$work/image.tar" "$1/image.tar"
  fi >"$1/build.log" 2>&1
  remove_building "$work"
  [ -e "$1/image.tar" ] || { tail -n 30 "$1/build.log" >&2; die "the image could not be built: $1/build.log"; }
}

# Storage of its own, which goes when the image is there.
buildah_in() { # FOLDER COMMAND…
  local folder=$1
  shift
  TMPDIR=$folder nice buildah --storage-driver overlay --root "$folder/root" --runroot "$folder/run" "$@"
}

remove_building() { # FOLDER
  local mount
  while read -r mount; do umount --lazy "$mount"; done \
    < <(awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r)
  rm -rf --one-file-system "$1"
}
