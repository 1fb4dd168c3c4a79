import { z } from 'zod'
import { NAME_PATTERN, PREVIEWS } from '../domain/names.ts'
import { isZone, readLocalTime } from '../domain/zoned-time.ts'
import { type Parsed, right, wrong } from './parsed.ts'
import { oneOrMore, text } from './schema-parts.ts'

const time = (description: string) =>
  text(parseTime, {
    description,
    pattern: '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2})?$',
    examples: ['2026-12-24', '2026-12-24T18:00'],
  })

const environments = (description: string) =>
  oneOrMore(
    text(parseName, {
      description: 'The name of an environment.',
      pattern: `^(?!${PREVIEWS}$)${NAME_PATTERN.source.slice(1)}`,
    }),
    { description, examples: [['staging']] },
  ).optional()

const freeze = z
  .strictObject({
    from: time('When it begins.'),
    to: time('When it ends. A date without an hour means to the end of that day.'),
    zone: text(parseZone, {
      description: 'Whose clocks show these times: a name of the IANA time zone database.',
      pattern: '^(UTC|[A-Z][A-Za-z_+-]*(/[A-Za-z0-9_+-]+)+)$',
      examples: ['Europe/Berlin', 'America/New_York'],
      default: 'UTC',
    }).optional(),
    except: environments('The environments that go on as usual.'),
    only: environments('The only environments that it concerns.'),
    reason: text(parseReason, {
      description: 'Why, for people.',
      examples: ['Nobody is here over the holidays.'],
    }).optional(),
  })
  .superRefine(({ only, except }, context) => {
    if (only === undefined || except === undefined) return
    const message = 'This freeze has "only" and "except" at once.'
    const advice = 'Keep the one that says what you mean.'
    context.addIssue({ code: 'custom', message, params: { code: 'conflict', advice } })
  })
  .meta({
    description: 'A time in which environments stay as they are. Previews come and go as always.',
    not: { required: ['only', 'except'] },
  })

/** Of the policy: times in which nothing moves. */
export const freezesSchema = z
  .array(freeze)
  .max(200)
  .meta({
    description: 'Times in which environments stay as they are.',
    examples: [[{ from: '2026-12-24', to: '2027-01-02', zone: 'Europe/Berlin', except: ['staging'] }]],
  })

export type WrittenFreeze = z.infer<typeof freeze>

function parseTime(written: string): Parsed<string> {
  return readLocalTime(written) === null
    ? wrong(
        `${JSON.stringify(written.slice(0, 80))} is not a day or time.`,
        'Write it such as 2026-12-24 or 2026-12-24T18:00, in the time of "zone".',
      )
    : right(written)
}

function parseZone(zone: string): Parsed<string> {
  return isZone(zone)
    ? right(zone)
    : wrong(
        `${JSON.stringify(zone.slice(0, 80))} is not a time zone.`,
        'Write a name of the IANA time zone database, such as Europe/Berlin, or UTC.',
      )
}

function parseName(name: string): Parsed<string> {
  if (name === PREVIEWS)
    return wrong('A freeze never concerns previews.', 'Remove it: previews come and go as always.')
  return NAME_PATTERN.test(name)
    ? right(name)
    : wrong(`"${name}" is not the name of an environment.`, 'Write a name such as staging.')
}

function parseReason(reason: string): Parsed<string> {
  return reason.trim() === '' || reason.length > 300 || /\p{Cc}/u.test(reason)
    ? wrong('The reason is empty, longer than 300 characters, or has several lines.', 'Write one sentence.')
    : right(reason)
}
