const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** A date, or a date with hours and minutes, as clocks show it in some zone: `2026-12-24`, `2026-12-24T18:00`. */
export interface LocalTime {
  /** As if the clock stood in UTC, in milliseconds since 1970. */
  utc: number
  /** No hour was said: it means the whole day. */
  wholeDay: boolean
}

/** Null for what is no such time, or no day of the calendar. */
export function readLocalTime(text: string): LocalTime | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?$/.exec(text)
  if (match === null) return null
  const written = `${match[1]}T${match[2] ?? '00:00'}`
  const utc = Date.parse(`${written}:00Z`)
  if (Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(written)) return null
  return { utc, wholeDay: match[2] === undefined }
}

/** The day after. */
export function nextDay({ utc, wholeDay }: LocalTime): LocalTime {
  return { utc: utc + DAY, wholeDay }
}

/** Whether a zone is in the IANA database (https://www.iana.org/time-zones), such as `Europe/Berlin`; `UTC` is. */
export function isZone(zone: string): boolean {
  if (!/^(?:UTC|[A-Z][A-Za-z_+-]*(?:\/[A-Za-z0-9_+-]+)+)$/.test(zone)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * When clocks of a zone show a time. One that they show twice is its first; one that they leave out is as much later as
 * they are put forward.
 */
export function instantOf({ utc }: LocalTime, zone: string): Date {
  const candidates = [utc - DAY, utc + DAY].map((around) => utc - offsetAt(around, zone))
  const exact = candidates.filter((instant) => instant + offsetAt(instant, zone) === utc)
  return new Date(exact.length > 0 ? Math.min(...exact) : Math.max(...candidates))
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = Object.fromEntries(
    format.formatToParts(new Date(instant)).map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
}
