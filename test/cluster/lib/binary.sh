# The binary with all of Kubernetes, made once per source and Go version.

binary_folder() {
  local key
  key=$({ cat "$here"/k8s/{go.mod,go.sum,*.go,*/main.go} "$here/lib/binary.sh"; go env GOVERSION GOARCH; } | sha256sum)
  printf '%s/binary-%s' "$cache" "${key:0:16}"
}

# Without versions set by the linker components take themselves for v0.0.0 and switch features accordingly.
version_flags() {
  local version package
  version=$(sed -n 's/^.*k8s.io\/kubernetes \(v[^ ]*\).*/\1/p' "$here/k8s/go.mod")
  IFS=. read -r major minor _ <<<"${version#v}"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.gitVersion=%s -X %s.gitMajor=%s -X %s.gitMinor=%s -X %s.gitTreeState=clean ' \
      "$package" "$version" "$package" "$major" "$package" "$minor" "$package"
  done
}

build_binary() {
  local folder part
  folder=$(binary_folder)
  [ -e "$folder/complete" ] && return 0
  say "building Kubernetes from its Go modules: a few minutes and 5 GB of Go's caches the first time"
  mkdir -p "$folder"
  (
    cd "$here/k8s"
    export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS='-mod=readonly -trimpath -buildvcs=false'
    nice go build -ldflags "-s -w $(version_flags)" -o "$folder/k8s" .
    nice go build -ldflags '-s -w' -o "$folder/pause" ./pause
    nice go build -ldflags '-s -w' -o "$folder/metadata" ./metadata
  )
  for part in etcd kubectl kubelet kube-apiserver kube-controller-manager kube-router kube-scheduler; do ln -sf k8s "$folder/$part"; done
  touch "$folder/complete"
}
