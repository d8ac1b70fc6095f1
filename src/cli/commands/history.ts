import type { DefineCommand } from './define.ts'

export const defineHistory: DefineCommand = (program, context, done) => {
  program
    .command('history')
    .description('print the failure rate of each test over commits and days, from all suites on record')
    .argument('[repo]', 'a path or URL, as list shows it; all repositories without')
    .option('--test <id>', 'all that is known of one test: commits, days, change points, ways to fail')
    .option('--days <n>', 'only what ran in the last n days, 1 to 3,650')
    .option('--flaky', 'only tests that both passed and failed at one commit')
    .option('--sort <order>', 'rate, recent or name', 'rate')
    .option('--limit <n>', 'at most so many tests, 1 to 1,000', '50')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText(
      'after',
      `
Each seed counts once for a commit under one command, set-up and environment; rates of commits that stopped early count
their evidence. Runs count once their commit has its verdict. The history outlives the results of removed suites.

Examples:
  commit-suite history . --flaky
  commit-suite history . --days 30
  commit-suite history https://example.org/repo.git --test tests.test_cache::test_evicts`,
    )
    .action(async (repo, { test, days, flaky = false, sort, limit, json = false }) => {
      const { showHistory } = await import('../flows/history.ts')
      done(await showHistory(context, { repo, test, days, flaky, sort, limit, json }))
    })
}
