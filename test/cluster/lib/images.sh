# The images of pods, made without a registry and imported under the names that the templates use.

readonly own_images=(localhost/commit-suite-test:1)

image_folder() {
  local key
  key=$({ cat "$here"/lib/{images,root-filesystem}.sh "$here/k8s/pause/main.go"; "$(node_binary)" --version; debian_release; } | sha256sum)
  printf '%s/images-%s' "$cache" "${key:0:16}"
}

build_images() {
  local folder
  folder=$(image_folder)
  [ -e "$folder/complete" ] && return 0
  say "making the images of pods: about a minute the first time"
  mkdir -p "$folder/pause" "$folder/base"
  tar -C "$(binary_folder)" --owner=0 --group=0 --mtime=@0 -cf "$folder/pause/layer.tar" pause
  image_config "$folder/pause" '{"Entrypoint":["/pause"],"User":"65535:65535"}'
  root_filesystem "$folder/base/layer.tar" "$folder/base.log"
  # No user is set, as in the images this one stands for: pods that must not run as root say so themselves.
  image_config "$folder/base" '{"Env":["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin","LANG=C.UTF-8"],"Cmd":["/bin/bash"]}'
  touch "$folder/complete"
}

image_config() { # FOLDER CONFIG: of an image of one layer
  local digest architecture
  digest=$(sha256sum <"$1/layer.tar")
  architecture=$(go env GOARCH)
  printf '{"architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$architecture" "$2" "${digest%% *}" >"$1/config.json"
}

# Imports again only what changed. The importer completes names without a host as pods' names are completed.
import_images() {
  local folder names wanted
  folder=$(image_folder)
  names=$("$(node_binary)" "$here/image-names.ts" "$clone/templates") || die 'the image names of the templates could not be read'
  wanted=$(printf '%s\n' "$folder" "${own_images[@]}" "$names")
  [ "$wanted" = "$(cat "$state/imported" 2>/dev/null)" ] && return 0
  import_image "$folder/pause" localhost/pause:1
  # shellcheck disable=SC2086 # One word per name: image-names.ts lets no other characters through.
  import_image "$folder/base" "${own_images[@]}" $names
  printf '%s\n' "$wanted" >"$state/imported"
}

import_image() { # FOLDER NAME…
  local folder=$1 tags manifest
  shift
  printf -v tags '"%s",' "$@"
  manifest=$(mktemp -d "$run/manifest.XXXXXX")
  printf '[{"Config":"config.json","RepoTags":[%s],"Layers":["layer.tar"]}]' "${tags%,}" >"$manifest/manifest.json"
  tar -cf - -C "$manifest" manifest.json -C "$folder" config.json layer.tar | ctr images import - >/dev/null
  rm -r "$manifest"
}
