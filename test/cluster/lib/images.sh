# The images of pods, made without a registry. An image is a folder with its layers, layer-1.tar and on, and its
# config.json; its names are given when it is imported.

# For tests that want an image no template names.
readonly own_name=localhost/commit-suite-test:1
# No user is set, as in the images these stand for: pods that must not run as root say so themselves.
readonly base_path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin

image_folder() {
  local key
  key=$({
    cat "$here"/lib/{images,root-filesystem}.sh "$here/k8s/pause/main.go"
    "$(node_binary)" --version
    go env GOVERSION
    debian_release
  } | sha256sum)
  printf '%s/images-%s' "$cache" "${key:0:16}"
}

build_images() {
  local folder
  folder=$(image_folder)
  [ -e "$folder/complete" ] && return 0
  say "making the images of pods: about a minute the first time"
  rm -rf "$folder"
  mkdir -p "$folder"/{pause,base,go}
  tar -C "$(binary_folder)" --owner=0 --group=0 --mtime=@0 -cf "$folder/pause/layer-1.tar" pause
  image_config "$folder/pause" '{"Entrypoint":["/pause"],"User":"65535:65535"}'
  root_filesystem "$folder/base/layer-1.tar" "$folder/base.log"
  image_config "$folder/base" "{\"Env\":[\"PATH=$base_path\",\"LANG=C.UTF-8\"],\"Cmd\":[\"/bin/bash\"]}"
  ln -s ../base/layer-1.tar "$folder/go/layer-1.tar"
  go_toolchain "$folder/go/layer-2.tar"
  image_config "$folder/go" "{\"Env\":[\"PATH=/usr/local/go/bin:$base_path\",\"GOTOOLCHAIN=local\",\"LANG=C.UTF-8\"],\"Cmd\":[\"/bin/bash\"]}"
  touch "$folder/complete"
}

go_toolchain() { # LAYER.tar
  local root
  root=$(realpath "$(go env GOROOT)")
  tar -C "$root" --dereference --owner=0 --group=0 --mode=go-w --transform='s#^\.#usr/local/go#' \
    --exclude='./test' --exclude='./api' --exclude='./doc' --exclude='./misc' -cf "$1" .
}

image_config() { # FOLDER CONFIG
  local layer digest digests= history=
  for layer in "$1"/layer-*.tar; do
    digest=$(sha256sum <"$layer")
    digests+="\"sha256:${digest%% *}\","
    history+='{"created_by":"test cluster"},'
  done
  printf '{"architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}' \
    "$(go env GOARCH)" "$2" "${digests%,}" "${history%,}" >"$1/config.json"
}
