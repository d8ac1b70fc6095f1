/** Imports run one way. Types cost nothing at run time, so some rules let them pass. */
const valuesOnly = { dependencyTypesNot: ['type-only'] }
const packages = (...names) => `^node_modules/(${names.join('|')})(/|$)`

/** live-services.ts hands every command what it asks for, each thing by its own import(). */
const STARTS_SERVICES = '^src/cli/(((commands|flows)/)?(serve|gateway|worker)|live-services)\\.ts$'
const LOOKS_AT_THIS_HOST =
  '^src/cli/(((commands|flows)/)?(doctor|gc|serve|worker)|replay/script-parts|collect-garbage|live-services)\\.ts$'

const KUBERNETES_CLIENT = '(^|/)node_modules/@kubernetes/'
/** What gc looks at before it knows of a cluster. */
const WITHOUT_CLIENT =
  '^src/executors/kubernetes/(places|prepare/packs|environments/(configured|suites-on-record))\\.ts$'

/** Folders that may be used by a part, besides itself. */
const onlyTo = (name, from, allowed, comment, to = {}) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed], ...to },
})
const never = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to })

export default {
  forbidden: [
    onlyTo('contract-is-the-root', '^src/contract/', [packages('zod')], 'src/contract imports zod only.'),
    onlyTo(
      'stats-are-pure',
      '^src/stats/',
      ['^src/contract/', packages('@stdlib')],
      'src/stats is maths: it imports the contract and its maths library, no clock, file or network.',
    ),
    onlyTo(
      'client-knows-the-contract',
      '^src/client/',
      ['^src/contract/', packages('zod', 'eventsource-parser')],
      'The client runs wherever fetch does, in browsers too: it imports the contract, nothing of Node.',
    ),
    onlyTo(
      'workflows-compute-nothing',
      '^workflows/',
      ['^src/contract/', packages('@temporalio/workflow', '@temporalio/common')],
      'Workflow code replays: it imports the contract and the workflow API, nothing that computes.',
      valuesOnly,
    ),
    onlyTo(
      'workflows-know-activities-by-type',
      '^workflows/',
      ['^src/contract/', '^activities/', packages('@temporalio/workflow', '@temporalio/common')],
      'Even types come from the contract and the activities only.',
    ),
    onlyTo(
      'dashboard-is-small',
      '^src/dashboard/',
      [
        '^src/(progress/|report/format\\.ts|contract/(confidence|names|suite-status|tally)\\.ts)',
        packages('preact', '@preact/signals', '@preact/signals-core', 'uplot', 'anser', 'eventsource-parser'),
      ],
      'Whatever the page imports goes to browsers: of the contract that is its types, else zod would come along.',
      valuesOnly,
    ),
    onlyTo(
      'progress-is-for-all-faces',
      '^src/progress/',
      ['^src/contract/(confidence|suite-status|tally)\\.ts', '^src/report/format\\.ts'],
      'Command line and page both follow suites by it: nothing of a terminal, and no zod.',
      valuesOnly,
    ),
    never(
      'activities-know-no-caller',
      { path: '^activities/' },
      { path: '^(src/(cli|gateway|dashboard|temporal)|workflows)/', ...valuesOnly },
      'Activities use executors, frameworks, stats, store and contract; what calls them stays unknown to them.',
    ),
    never(
      'foundations-know-no-user',
      { path: '^src/(executors|frameworks|git|network|process|store|stats|contract)/' },
      { path: '^(src/(cli|gateway|dashboard|temporal)|workflows|activities)/', ...valuesOnly },
      'What everything rests on imports nothing that rests on it.',
    ),
    never(
      'telemetry-knows-no-user',
      { path: '^src/telemetry/' },
      { path: '^(src/(cli|gateway|dashboard|temporal|executors|store)|workflows|activities)/', ...valuesOnly },
      'It wraps store and executors by their types, and both sides of Temporal use it.',
    ),
    never(
      'opentelemetry-sdk-where-it-is-started',
      { path: '^(src|workflows|activities)/', pathNot: '^src/telemetry/tracing\\.ts$' },
      { path: '(^|/)node_modules/@opentelemetry/', pathNot: '/@opentelemetry/api/', ...valuesOnly },
      'Everything else uses its small API: nobody loads the SDK who wants no traces.',
    ),
    never(
      'network-rests-on-contract',
      { path: '^src/network/' },
      { path: '^(src|workflows|activities)/', pathNot: '^src/(network|contract)/' },
      'What an address is, and which may be reached, is one rule for git and for set-ups in the sandbox.',
    ),
    never(
      'git-rests-on-foundations',
      { path: '^src/git/' },
      { path: '^(src|workflows|activities)/', pathNot: '^src/(git|contract|network|process)/', ...valuesOnly },
      'Activities, commands and executors share git: it runs nothing of theirs.',
    ),
    never(
      'git-knows-frameworks-by-type',
      { path: '^src/git/' },
      { path: '^(src|workflows|activities)/', pathNot: '^src/(git|contract|network|process|frameworks)/' },
      'Of others it knows only the shape of a tree reader.',
    ),
    never(
      'temporal-knows-no-face',
      { path: '^src/temporal/' },
      { path: '^src/(cli|gateway|dashboard)/' },
      'Worker, supervisor and client serve the faces and do not know them.',
    ),
    never(
      'gateway-knows-no-command',
      { path: '^src/gateway/' },
      { path: '^src/(cli|client|dashboard)/' },
      'Commands and pages call it; it stands on its own.',
    ),
    never(
      'faces-know-workflows-by-type',
      { path: '^src/(cli|gateway)/' },
      { path: '^(workflows|activities)/', ...valuesOnly },
      'A value import would pull the workflow runtime into a client process.',
    ),
    never(
      'faces-run-nothing',
      { path: '^src/(cli|gateway)/', pathNot: LOOKS_AT_THIS_HOST },
      { path: '^src/(executors|frameworks)/', ...valuesOnly },
      'Runs happen in the worker; only commands about this host look at the executor, and replay at how a run is made.',
    ),
    never(
      'gateway-and-worker-only-by-their-commands',
      { path: '^src/cli/', pathNot: STARTS_SERVICES },
      { path: '^src/(gateway/|temporal/worker)', ...valuesOnly },
      'Only serve, gateway and worker load them: every other command must start fast.',
    ),
    never(
      'gateway-and-worker-lazily',
      { path: '^src/cli/' },
      { path: '^src/(gateway/|temporal/worker)', dynamic: false, ...valuesOnly },
      'By import() in the command, so that --help loads neither.',
    ),
    never(
      'kubernetes-client-in-its-executor',
      { path: '^(src|workflows|activities)/', pathNot: '^src/executors/kubernetes/' },
      { path: KUBERNETES_CLIENT },
      'Its types, faults and slow loading stay behind the interface of an executor.',
    ),
    never(
      'kubernetes-lazily',
      { path: '^(src|workflows|activities)/', pathNot: '^src/executors/kubernetes/' },
      { path: '^src/executors/kubernetes/', pathNot: WITHOUT_CLIENT, dynamic: false, ...valuesOnly },
      'By import() where a suite, gc or doctor needs a cluster: no other command loads the client.',
    ),
    never(
      'kubernetes-client-not-where-none-is-expected',
      { path: WITHOUT_CLIENT },
      {
        path: [KUBERNETES_CLIENT, '^src/executors/kubernetes/'],
        pathNot: WITHOUT_CLIENT,
        dynamic: false,
        ...valuesOnly,
      },
      'They may be imported at once, because they do without the client and without what needs it.',
    ),
    never('no-circles', {}, { circular: true, viaOnly: valuesOnly }, 'A circle has no order of loading.'),
    never(
      'no-orphans',
      { orphan: true, path: '^(src|workflows|activities)/', pathNot: '(^|/)main\\.tsx?$' },
      {},
      'Nothing imports it and it imports nothing.',
    ),
    never(
      'product-does-not-know-its-tests',
      { path: '^(src|workflows|activities|bin)/' },
      { path: '^(test|scripts|examples)/' },
      'Neither tests nor scripts are in the package.',
    ),
    never(
      'product-needs-no-dev-dependency',
      // The page is bundled with all that it needs.
      { path: '^(src|workflows|activities|bin)/', pathNot: '^src/dashboard/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
      'It is not there once the package is installed.',
    ),
    never('everything-resolves', {}, { couldNotResolve: true }, 'A misspelt path would silently leave the graph.'),
    never(
      'declared-packages-only',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
      'A package that is there by accident goes by accident.',
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|test/fixtures)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
