import { REQUESTED } from '../reports/requested.ts'

/**
 * Runs unittest with a report of its tests, which the standard library has not: JUnit XML in the order in which they
 * began. `all` hands its other words to unittest; `these` takes a folder to import from, and names of tests, which it
 * runs in that order.
 */
export const UNITTEST_RUNNER = `
import sys, unittest
from xml.sax.saxutils import escape, quoteattr

class Result(unittest.TextTestResult):
    seen = {}
    def told(self, test, kind=None, text=''):
        entry = self.seen.setdefault(test.id(), [None, ''])
        if kind and entry[0] != 'failure':
            entry[:] = [kind, text]
    def startTest(self, test):
        self.told(test)
        super().startTest(test)
    def addFailure(self, test, err):
        self.told(test, 'failure', self._exc_info_to_string(err, test))
        super().addFailure(test, err)
    def addError(self, test, err):
        self.told(test, 'failure', self._exc_info_to_string(err, test))
        super().addError(test, err)
    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.told(test, 'failure', self._exc_info_to_string(err, subtest))
        super().addSubTest(test, subtest, err)
    def addSkip(self, test, reason):
        self.told(test, 'skipped', reason)
        super().addSkip(test, reason)
    def addUnexpectedSuccess(self, test):
        self.told(test, 'failure', 'unexpected success')
        super().addUnexpectedSuccess(test)

def clean(text):
    return ''.join(c if c in '\\t\\n' or ' ' <= c < '\\ud800' or '\\ue000' <= c < '\\ufffe' else '?' for c in text)

def report():
    lines = []
    for name, (kind, text) in Result.seen.items():
        classname, _, method = name.rpartition('.')
        inner = '' if kind is None else '<%s>%s</%s>' % (kind, escape(clean(text)), kind)
        lines.append('<testcase classname=%s name=%s>%s</testcase>' % (quoteattr(clean(classname)), quoteattr(clean(method)), inner))
    with open('${REQUESTED.junit}', 'w', encoding='utf-8') as file:
        file.write('<testsuites><testsuite name="unittest">%s</testsuite></testsuites>' % ''.join(lines))

class Runner(unittest.TextTestRunner):
    resultclass = Result

mode, words = sys.argv[1], sys.argv[2:]
try:
    if mode == 'all':
        program = unittest.main(module=None, argv=['python3 -m unittest', *words], testRunner=Runner, exit=False)
        good = program.result.wasSuccessful()
    else:
        if words[0] != '.':
            sys.path.insert(0, words[0])
        tests = unittest.defaultTestLoader.loadTestsFromNames(words[1:])
        good = Runner(verbosity=2).run(tests).wasSuccessful()
finally:
    report()
sys.exit(0 if good else 1)
`.trim()
