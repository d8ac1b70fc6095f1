# Takes out of node_modules/ what only other platforms and the bundling of workflows need: images ship the bundle ready-made.
set -eu
case $(uname -m) in
  x86_64) ours=x86_64-unknown-linux-gnu ;;
  aarch64) ours=aarch64-unknown-linux-gnu ;;
  *) echo "no Temporal client for $(uname -m)" >&2; exit 1 ;;
esac
cd node_modules
[ -d "@temporalio/core-bridge/releases/$ours" ]
find @temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$ours" -exec rm -rf {} +
rm -rf @swc/core-* @temporalio/core-bridge/sdk-core @temporalio/core-bridge/src
find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
