import type { CommandEntry } from './command.ts'

/** Everything that people can ask for. A new verb is an entry here, and what it does in `src/reconcile/commands`. */
export const COMMANDS = [
  {
    verb: 'help',
    does: 'lists the commands that you may use here',
    needs: 'anyone',
  },
  {
    verb: 'status',
    does: 'shows what runs where, and what waits for what and until when',
    needs: 'read',
    options: { app: 'name' },
  },
  {
    verb: 'plan',
    does: 'shows what would be done now, as a diff; nothing is done',
    needs: 'read',
    options: { app: 'name' },
  },
  {
    verb: 'retry',
    does: 'looks at everything again now, also at what was given up',
    needs: 'write',
    reason: true,
  },
  {
    verb: 'lock',
    does: 'leaves an environment as it is: nothing moves there until the time is over, or somebody unlocks it',
    needs: 'promote',
    arguments: [{ name: 'environment', is: 'name' }],
    options: { until: 'time', app: 'name' },
    lasting: true,
    reason: true,
  },
  {
    verb: 'promote',
    does: 'gives an environment a newer version now: the one that waits, or one that is named; where people merge, it must be named',
    needs: 'promote',
    arguments: [
      { name: 'environment', is: 'name' },
      { name: 'version', is: 'version', optional: true },
    ],
    options: { app: 'name' },
    reason: true,
  },
  {
    verb: 'rollback',
    does: 'brings an environment back to the version before, or to an older one that is named, and holds it there',
    needs: 'promote',
    arguments: [
      { name: 'environment', is: 'name' },
      { name: 'version', is: 'version', optional: true },
    ],
    options: { app: 'name' },
    reason: true,
  },
  {
    verb: 'unlock',
    does: 'lets an environment go on',
    needs: 'promote',
    arguments: [{ name: 'environment', is: 'name' }],
    options: { app: 'name' },
    reason: true,
  },
  {
    verb: 'preview',
    does: "asks for this pull request's preview, takes it away, or keeps it for longer",
    needs: 'write',
    arguments: [
      {
        name: 'what',
        is: { up: 'commit', down: null, extend: 'duration', pin: null, unpin: null },
        optional: true,
      },
    ],
    options: { app: 'name' },
    reason: true,
  },
] as const satisfies readonly CommandEntry[]

export type Verb = (typeof COMMANDS)[number]['verb']
