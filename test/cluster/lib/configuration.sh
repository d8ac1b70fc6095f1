# Configuration files of the network, containerd and the kubelet.

configure() {
  mkdir -p "$conf/cni"
  : >"$conf/resolv.conf"
  configure_network >"$conf/cni/test.conflist"
  configure_containerd >"$conf/containerd.toml"
  configure_kubelet >"$conf/kubelet.yaml"
  configure_audit >"$conf/audit.yaml"
}

# Not as gateway: the plugin then leaves IP forwarding off, and pods reach this machine, the node, each other and what is
# at the metadata address, unless a policy forbids it.
configure_network() {
  cat <<JSON
{ "cniVersion": "0.4.0", "name": "$id", "plugins": [{
    "type": "bridge", "bridge": "pods", "isGateway": false, "ipMasq": false,
    "ipam": { "type": "host-local", "dataDir": "$state/cni",
      "ranges": [[{ "subnet": "$subnet.0/24", "rangeStart": "$subnet.10", "rangeEnd": "$subnet.250", "gateway": "$node_address" }]],
      "routes": [{ "dst": "$metadata_address/32" }] }
}] }
JSON
}

# restrict_oom_score_adj: root without CAP_SYS_RESOURCE cannot lower a score, and runc dies of the refusal with
# "can't get final child's PID from pipe: EOF".
configure_containerd() {
  cat <<TOML
version = 2
root = "$state/containerd"
state = "$run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt"]
[grpc]
  address = "$containerd_socket"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  stats_collect_period = 5
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$conf/cni"
TOML
}

# oomScoreAdj: see containerd. podPidsLimit: no field of a pod bounds its processes. volumeStatsAggPeriod: by how much a
# pod that fills its disk is noticed late. Images came from archives: collected ones would never come back.
configure_kubelet() {
  cat <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_address
port: 10250
readOnlyPort: 0
healthzPort: 0
authentication:
  anonymous: { enabled: false }
  webhook: { enabled: true }
  x509: { clientCAFile: $pki/authority.crt }
authorization: { mode: Webhook }
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
containerRuntimeEndpoint: unix://$containerd_socket
cgroupDriver: cgroupfs
cgroupRoot: /$id
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
makeIPTablesUtilChains: false
podLogsDir: $log/pods
volumePluginDir: $state/kubelet-plugins
resolvConf: $conf/resolv.conf
clusterDomain: cluster.local
clusterDNS: [$node_address]
podPidsLimit: 256
syncFrequency: 10s
volumeStatsAggPeriod: 5s
serializeImagePulls: false
imageMinimumGCAge: 8760h
imageGCHighThresholdPercent: 100
evictionHard:
  memory.available: 200Mi
  nodefs.available: 256Mi
  imagefs.available: 256Mi
  nodefs.inodesFree: 1%
YAML
}

# Who asked for what: of the product only, as tests run it and as they deploy it.
configure_audit() {
  cat <<YAML
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - { level: Metadata, users: [commit-suite-tests] }
  - { level: Metadata, userGroups: ["system:serviceaccounts:commit-suite"] }
  - { level: None }
YAML
}
