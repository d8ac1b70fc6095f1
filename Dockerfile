# One image for gateway, workers and migrations: docs/deploy.md. Builds with buildah, podman or docker buildx.
#
# BASE_IMAGE is a Debian or a relative of it. Where it already has git, ssh, tini and certificates nothing is installed,
# and the image depends on this checkout, its lock file and the two base images alone.
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc scripts/install-packages.sh ./
# Settings of a registry and a certificate authority of your own come in as secrets: no layer keeps them.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
  sh install-packages.sh
COPY . .
RUN npm run --silent build && npm pack --ignore-scripts --silent && \
  mkdir /out && tar -xzf commit-suite-*.tgz -C /out && cp node_modules/node/bin/node /out/ && \
  npm prune --omit=dev --ignore-scripts && sh scripts/trim-packages.sh && mv node_modules /out/package/

FROM ${BASE_IMAGE}
# Without useradd, which writes the day into /etc/shadow. ssh wants its user to have a name.
RUN if ! { command -v git && command -v ssh && command -v tini && [ -e /etc/ssl/certs/ca-certificates.crt ]; } >/dev/null; then \
    apt-get update -q && \
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends ca-certificates git openssh-client tini && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/ldconfig/* /var/log/*.log /var/log/apt; \
  fi && \
  echo 'commit-suite:x:10001:10001::/var/lib/commit-suite:/usr/sbin/nologin' >>/etc/passwd && \
  echo 'commit-suite:x:10001:' >>/etc/group && \
  mkdir /var/lib/commit-suite /var/lib/commit-suite-artifacts && \
  chown 10001:10001 /var/lib/commit-suite /var/lib/commit-suite-artifacts && \
  ln -s /opt/commit-suite/bin/commit-suite.js /usr/local/bin/commit-suite
COPY --from=build /out/node /usr/local/bin/node
COPY --from=build /out/package /opt/commit-suite
ENV NODE_ENV=production \
  HOME=/var/lib/commit-suite \
  COMMIT_SUITE_HOME=/var/lib/commit-suite \
  COMMIT_SUITE_CACHE=/var/lib/commit-suite/cache
WORKDIR /var/lib/commit-suite
USER 10001:10001
EXPOSE 8080
# Reaps what git and ssh leave behind; Node takes the signals that it passes on.
ENTRYPOINT ["tini", "--", "commit-suite"]
CMD ["--help"]
