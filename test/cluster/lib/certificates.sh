# A certificate authority of this cluster's own, what its parts show each other, and kubeconfigs made of both.

make_certificates() {
  [ -e "$pki/complete" ] && return 0
  mkdir -p "$pki"
  new_key authority
  openssl req -x509 -new -key "$pki/authority.key" -subj /CN=test-cluster -days 365 -out "$pki/authority.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
  sign apiserver /CN=kube-apiserver serverAuth "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$node_address"
  sign kubelet "/CN=$node" serverAuth "DNS:$node,IP:$node_address"
  sign apiserver-to-kubelet /CN=apiserver-to-kubelet clientAuth
  sign_client admin /O=system:masters/CN=admin "$admin_kubeconfig"
  # Whom tests let the product be: its rights are those of k8s/base/rights, and what it asks for is on record.
  sign_client product /CN=commit-suite-tests "$product_kubeconfig"
  sign_client node "/O=system:nodes/CN=system:node:$node"
  sign_client controllers /CN=system:kube-controller-manager
  sign_client scheduler /CN=system:kube-scheduler
  sign_client router /CN=kube-router
  new_key service-accounts
  openssl pkey -in "$pki/service-accounts.key" -pubout -out "$pki/service-accounts.pub"
  touch "$pki/complete"
}

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$pki/$1.key"; }

sign() { # NAME SUBJECT USAGE [OTHER-NAMES]
  new_key "$1"
  {
    printf 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$3"
    [ -z "${4:-}" ] || printf 'subjectAltName=%s\n' "$4"
  } >"$pki/$1.extensions"
  openssl req -new -key "$pki/$1.key" -subj "$2" |
    openssl x509 -req -CA "$pki/authority.crt" -CAkey "$pki/authority.key" -CAcreateserial -days 365 \
      -extfile "$pki/$1.extensions" -out "$pki/$1.crt" 2>/dev/null
}

sign_client() { # NAME SUBJECT [KUBECONFIG]
  sign "$1" "$2" clientAuth
  cat >"${3:-$conf/$1.kubeconfig}" <<YAML
apiVersion: v1
kind: Config
clusters:
  - name: test
    cluster: { server: "https://$node_address:$api_port", certificate-authority-data: $(base64 -w 0 "$pki/authority.crt") }
users:
  - name: $1
    user:
      client-certificate-data: $(base64 -w 0 "$pki/$1.crt")
      client-key-data: $(base64 -w 0 "$pki/$1.key")
contexts:
  - name: test
    context: { cluster: test, user: $1 }
current-context: test
YAML
}
