# Gives the images to containerd under the names that the templates use, so that no pod needs a registry.

# Imports again only when names or images changed.
import_images() {
  local folder names wanted
  folder=$(image_folder)
  names=$("$(node_binary)" "$here/image-names.ts" "$clone/templates") || die 'the image names of the templates could not be read'
  wanted=$(printf '%s\n' "$folder" "$own_name" "$names")
  [ "$wanted" = "$(cat "$state/imported" 2>/dev/null)" ] && return 0
  import_image "$folder/pause" localhost/pause:1
  # shellcheck disable=SC2046 # One word per name: image-names.ts lets no other characters through.
  import_image "$folder/base" "$own_name" $(grep -v '^golang:' <<<"$names")
  # shellcheck disable=SC2046
  import_image "$folder/go" $(grep '^golang:' <<<"$names")
  printf '%s\n' "$wanted" >"$state/imported"
}

# The importer completes names without a host in the way names in pods are completed.
import_image() { # FOLDER NAME…
  [ $# -gt 1 ] || return 0
  archive_image "$@" | ctr images import - >/dev/null
}

# Writes an image as an archive in the form of Docker.
archive_image() { # FOLDER NAME…
  local folder=$1 manifest layers
  shift
  layers=$(cd "$folder" && printf '"%s",' layer-*.tar)
  manifest=$(mktemp -d)
  printf '[{"Config":"config.json","RepoTags":[%s],"Layers":[%s]}]' "$(quoted "$@")" "${layers%,}" >"$manifest/manifest.json"
  (cd "$folder" && tar --dereference -cf - -C "$manifest" manifest.json -C "$folder" config.json layer-*.tar)
  rm -r "$manifest"
}

quoted() {
  local all
  printf -v all '"%s",' "$@"
  printf %s "${all%,}"
}
