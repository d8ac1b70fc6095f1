import { quote } from 'shlex'
import type { Command } from '../../contract/index.ts'
import type { PythonProject } from './python-project.ts'

/**
 * A virtual environment at `$HOME/.local`: HOME is private and prepared, stands at the same path in every run, and
 * `$HOME/.local/bin` is first on the PATH. As that is also Python's user site, the host's own interpreter of the
 * same version finds the packages too. Unlike `pip install --user` it works where the host's Python is
 * externally managed or itself a virtual environment; Debian's without ensurepip gets its pip from the host.
 */
const MAKE_VENV = [
  'if ! python3 -m venv "$HOME/.local"; then',
  '  python3 -m venv --clear --without-pip "$HOME/.local" &&',
  '  python3 -m pip --python "$HOME/.local/bin/python" install --quiet pip',
  'fi',
].join('\n')
const PYTHON = '"$HOME/.local/bin/python"'
const PIP = `${PYTHON} -m pip install --quiet --disable-pip-version-check`

/**
 * Set-up of a Python project; `wants` names what must be importable whether or not the project asks for it, and
 * `plugins` what is installed besides, which a host is not asked for.
 */
export function pythonSetup(
  project: PythonProject,
  wants: 'pytest' | undefined,
  plugins: readonly 'pytest-randomly'[] = [],
): Command[] {
  const installs = pipInstalls(project)
  const more = plugins.filter((plugin) => !project.installs.has(plugin))
  if (installs.length === 0 && project.lockedBy === undefined && more.length === 0) {
    return wants === undefined ? [] : [unlessOnHost(wants)]
  }
  const lines = project.lockedBy === undefined ? [MAKE_VENV, ...installs] : [locked(project.lockedBy, installs)]
  return [...lines, ...[...(wants === undefined ? [] : [wants]), ...more].map(missing)].map((shell) => ({ shell }))
}

function pipInstalls({ requirementFiles, editable, requirements }: PythonProject): string[] {
  const lines: string[] = []
  if (requirementFiles.length > 0) lines.push(`${PIP} ${requirementFiles.map((path) => `-r ${path}`).join(' ')}`)
  if (editable !== undefined) {
    const extras = editable.extras.length === 0 ? '' : `[${editable.extras.join(',')}]`
    lines.push(`${PIP} -e ${quote(`.${extras}`)}`)
  }
  if (requirements.length > 0) lines.push(`${PIP} ${requirements.map((item) => quote(item)).join(' ')}`)
  return lines
}

/** The project's own tool where the host has it, else pip. */
function locked(tool: 'uv' | 'poetry', installs: readonly string[]): string {
  const own = {
    uv: 'UV_PROJECT_ENVIRONMENT="$HOME/.local" uv sync --frozen',
    poetry: `${indent(MAKE_VENV)} &&\n  VIRTUAL_ENV="$HOME/.local" PATH="$HOME/.local/bin:$PATH" poetry install --no-interaction`,
  }[tool]
  const otherwise = [MAKE_VENV, ...installs].map(indent).join(' &&\n')
  return `if command -v ${tool} >/dev/null; then\n  ${own.trimStart()}\nelse\n${otherwise}\nfi`
}

/** uv makes environments without pip; the host's pip reaches into them. */
function missing(name: string): string {
  const test = `${PYTHON} -c 'import ${name.replaceAll('-', '_')}' 2>/dev/null`
  return `${test} || ${PIP} ${name} || python3 -m pip --python ${PYTHON} install --quiet ${name}`
}

/** A project that asks for nothing gets an environment of its own only where the host lacks the framework. */
function unlessOnHost(name: string): Command {
  const lacking = `! command -v ${name} >/dev/null || ! python3 -c 'import ${name}' 2>/dev/null`
  return { shell: `if ${lacking}; then\n${indent(MAKE_VENV)} &&\n  ${PIP} ${name}\nfi` }
}

const indent = (text: string): string => text.replace(/^/gm, '  ')
