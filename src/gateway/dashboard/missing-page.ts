/** What stands at `/` where the dashboard cannot be had: the gateway works without it. */
export const MISSING_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Commit Suite</title>
<h1>The dashboard is not here</h1>
<p>It could not be built or read; the log of the gateway says why. Everything else works:</p>
<ul>
<li>the API, described at <a href="/docs">/docs</a></li>
<li>the command line: <code>commit-suite list</code>, <code>watch</code>, <code>show</code></li>
</ul>
<p>In a checkout, <code>npm run build</code> shows what is wrong; restart the gateway afterwards.</p>
</html>
`
