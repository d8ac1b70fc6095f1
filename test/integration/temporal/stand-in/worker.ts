/** Stand-in for the worker: says that it is ready and ends as the real one does. */
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.send?.({ type: 'ready' })
setInterval(() => {}, 1_000)
