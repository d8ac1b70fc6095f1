/** Variables of the worker that runs get as they are. */
export const PASSED = [
  ...['LANG', 'LANGUAGE', 'TZ', 'USER', 'LOGNAME', 'GOROOT', 'GOTOOLCHAIN', 'JAVA_HOME', 'ANDROID_HOME', 'DOTNET_ROOT'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'PIP_CERT'],
  ...['GIT_SSL_CAINFO', 'CARGO_HTTP_CAINFO', 'npm_config_cafile', 'NPM_CONFIG_CAFILE', 'NIX_SSL_CERT_FILE'],
]

/** Registry settings, passed only while no user info stands in them. */
export const REGISTRIES = [
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS', 'PIP_NO_INDEX', 'PIP_TRUSTED_HOST', 'UV_INDEX_URL'],
  ...['UV_DEFAULT_INDEX', 'UV_INDEX', 'npm_config_registry', 'NPM_CONFIG_REGISTRY', 'YARN_REGISTRY'],
  ...['YARN_NPM_REGISTRY_SERVER', 'GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GONOSUMCHECK', 'GONOPROXY', 'GOPRIVATE'],
  ...['GOFLAGS', 'GOINSECURE', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
]

/** Toolchain roots with their default place under the real home: HOME itself is private to a run. */
export const TOOLCHAIN_ROOTS: Record<string, string | undefined> = {
  PYENV_ROOT: '.pyenv',
  NVM_DIR: '.nvm',
  FNM_DIR: undefined,
  VOLTA_HOME: '.volta',
  RUSTUP_HOME: '.rustup',
  CARGO_HOME: '.cargo',
  RBENV_ROOT: '.rbenv',
  ASDF_DIR: '.asdf',
  ASDF_DATA_DIR: '.asdf',
  MISE_DATA_DIR: '.local/share/mise',
  GOENV_ROOT: '.goenv',
  SDKMAN_DIR: '.sdkman',
}
