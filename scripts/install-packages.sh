# `install-packages.sh [OPTION…]`: npm ci in an image build, with the certificate authority that the build was given.
set -eu
[ ! -s /run/secrets/ca ] || export NODE_EXTRA_CA_CERTS=/run/secrets/ca
npm ci --no-audit --no-fund "$@"
