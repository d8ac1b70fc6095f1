# A cluster that somebody else runs, named by KUBECONFIG: looked at, never changed.

is_existing() { [ "${COMMIT_SUITE_TEST_CLUSTER:-}" = existing ]; }

on_existing() { # COMMAND
  case $1 in
    up | status)
      [ -n "${KUBECONFIG:-}" ] || { say 'COMMIT_SUITE_TEST_CLUSTER=existing needs KUBECONFIG'; exit 2; }
      "$clone/node_modules/.bin/node" "$here/existing.ts"
      ;;
    down) say 'an existing cluster is left as it is' ;;
    *) die "$1 is for a cluster of ours, not for an existing one" ;;
  esac
}
