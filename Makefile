# Needs git, make, Node >= 20 with npm, Go and Python 3, and Chromium for test-browser. Everything else is installed into
# node_modules/ and the cache; scripts run on the Node of node_modules/, which npm puts first on the PATH, whatever the
# system has.
NPM := npm --loglevel=error
RUN := $(NPM) run --silent

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-unit test-replay test-integration test-workflows test-e2e test-browser test-faults \
  test-coverage test-root test-cluster test-cluster-rights cluster-up cluster-down cluster-status verify format screenshots bench bench-kubernetes bench-gateway bench-statistics bench-history bench-scale chaos build pack-check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the npm packages, unless they are there already
	@node scripts/is-installed.mjs || $(NPM) ci

demo: setup ## the main job on a planted example: commits × seeds, a verdict per commit
	@$(RUN) demo

test: setup ## every test that needs no root; lists what this machine made it skip
	@$(RUN) test

test-unit: setup ## tests without services
	@$(RUN) test:unit

test-replay: setup ## recorded workflow histories against the workflows of today
	@$(RUN) test:replay

test-integration: setup ## parts against real git, databases and processes
	@$(RUN) test:integration

test-workflows: setup ## workflows on a real Temporal server with provoked faults
	@$(RUN) test:workflows

test-e2e: setup ## the command line from outside
	@$(RUN) test:e2e

test-browser: setup ## the dashboard in Chromium, on a gateway with suites that run
	@$(RUN) test:browser

test-faults: setup ## killing things while suites run
	@$(RUN) test:faults

test-coverage: setup ## line coverage over test processes and subprocesses, with thresholds that fail
	@$(RUN) coverage

test-root: setup ## what needs root: the sandbox with another uid, cgroups
	@if [ "$$(id -u)" -ne 0 ]; then \
	  echo "make test-root needs root: it changes uids and makes cgroups. Try: sudo --preserve-env=PATH make test-root" >&2; \
	  exit 2; \
	fi
	@$(RUN) test:root

test-cluster: setup ## what needs a Kubernetes: one of its own on this machine (needs root), or an existing one
	@test/cluster/run-tests.sh

test-cluster-rights: setup ## the same with a worker's rights, and the rights that are granted beside those used; an hour
	@test/cluster/run-tests.sh cluster-rights

cluster-up: setup ## a real Kubernetes of one node on this machine; needs root; docs/test-cluster.md
	@test/cluster/cluster.sh up

cluster-down: ## take it away with everything it changed
	@test/cluster/cluster.sh down

cluster-status: ## KUBECONFIG=… and what runs; succeeds only when it is ready
	@test/cluster/cluster.sh status

verify: setup ## format, lint, types, dead code, architecture, licences – and that these checks can fail
	@$(RUN) verify

format: setup ## rewrite the sources as `make verify` wants them
	@$(RUN) format

screenshots: setup ## the pictures of the README; needs Chromium
	@$(RUN) screenshots

bench: setup ## the figures of the README; BENCH=name for one of them
	@$(RUN) bench

bench-kubernetes: setup ## runs in pods beside kubectl in a loop; on a cluster as make test-cluster has it
	@test/bench/kubernetes/run.sh

bench-gateway: setup ## 1,000 subscribers beside a bare server; starts and first events (needs root)
	@BENCH=$${BENCH:-gateway-streams,gateway-starts} $(RUN) bench

bench-statistics: setup ## coverage of intervals, runs to a verdict, wrong verdicts, culprit searches, replays; fixed seeds
	@BENCH=$${BENCH:-statistics-coverage,statistics-verdict,statistics-culprit,statistics-replay} $(RUN) bench

bench-history: setup ## ten million generated results: counting them, and questions about tests over HTTP
	@BENCH=$${BENCH:-history-sqlite,history-postgres} $(RUN) bench

bench-scale: setup ## 100 to 100,000 runs in a suite, 500 suites at once, one to four workers; SCALE=0.1 for a tenth
	@BENCH=$${BENCH:-scale-growth,scale-suites,scale-workers} $(RUN) bench -- --scale $(or $(SCALE),1)

chaos: setup ## ten minutes of faults in every part while suites run; SEED=n for the same ones, MINUTES=n, ARGS=--kubernetes
	@$(RUN) chaos -- $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(ARGS)

build: setup ## compile what the package runs into dist/
	@$(RUN) build

pack-check: setup ## pack, install the package elsewhere and run it there
	@$(RUN) pack-check

clean: ## remove what was made, except node_modules/ and the cache
	rm -rf dist coverage test-results .cache
