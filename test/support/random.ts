/** So that a failing schedule of faults can be run again. */
export { seededRandom } from '../../src/stats/seeded-random.ts'
