import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { type ActivityNotes, withActivityNotes } from './activity-notes.ts'
import { fieldsOfArgument } from './log-fields.ts'

/** Gives each activity its notes, and the SDK's own lines about it what they say of the run. */
export const noteActivities: ActivityInterceptorsFactory = () => {
  const notes: ActivityNotes = {}
  let about: ReturnType<typeof fieldsOfArgument> = {}
  return {
    inbound: {
      async execute(input, next) {
        about = fieldsOfArgument(input.args)
        return await withActivityNotes(notes, () => next(input))
      },
    },
    outbound: {
      getLogAttributes(attributes, next) {
        // What the SDK calls attempt is how often the activity was tried, which is not the number of the run.
        const { attempt: activityAttempt, ...others } = attributes
        const { seed, try: nth } = notes
        const ofRun = { ...(seed === undefined ? {} : { seed }), ...(nth === undefined ? {} : { try: nth }) }
        return next({ ...others, activityAttempt, ...about, ...ofRun })
      },
    },
  }
}
