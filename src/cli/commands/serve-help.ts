/** What whoever opens a gateway to others has to know. */
export const SERVE_HELP = `
Without API keys the gateway answers on loopback only. commit-suite keys create makes one; from then on every request
needs one. What requests from the network may test:
  COMMIT_SUITE_ALLOWED_REPOS      URL patterns with *, by default https://*,ssh://*,git@*
  COMMIT_SUITE_ALLOWED_ADDRESSES  private hosts or CIDRs that repositories may be on, by default none
  COMMIT_SUITE_ALLOWED_SECRETS    names that --secret-env may use, by default none
Their runs on this machine are kept apart by isolation sandbox, which needs Linux and root.
The OpenAPI document is at /docs. COMMIT_SUITE_GATEWAY_DRAIN (5s, say) is how long, on SIGTERM, /readyz answers 503 before
requests are refused and streams end.
What it tells of itself, all off by default (docs/observability.md):
  COMMIT_SUITE_METRICS         host:port for /metrics, /healthz and /readyz; without a host on loopback
  COMMIT_SUITE_WORKER_METRICS  the same of the worker that serve starts
  OTEL_EXPORTER_OTLP_ENDPOINT  where traces go, over OTLP/HTTP
`
