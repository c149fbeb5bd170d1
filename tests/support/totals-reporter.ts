import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Prints, as the last line, how many tests passed, failed and were skipped. What could not even load has failed. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const totals = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) totals[test.result().state]++
      totals.failed += module.errors().length
    }
    const line = `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped + totals.pending} skipped\n`
    process.on('exit', () => process.stdout.write(line))
  }
}
