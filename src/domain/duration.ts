import { SupercargoError } from './errors.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LONGEST = 366 * DAY

/**
 * Reads `30m`, `1h`, `2d` and `1h30m`: days, hours and minutes, in this order.
 * @returns seconds, at least a minute and at most 366 days
 * @throws SupercargoError `duration-invalid`
 */
export function parseDuration(text: string): number {
  const match = /^(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,6})m)?$/.exec(text)
  const [days, hours, minutes] = (match ?? []).slice(1).map((number) => Number(number ?? 0))
  const seconds = (days ?? 0) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE
  if (seconds > 0 && seconds <= LONGEST) return seconds
  throw new SupercargoError(`"${text}" is not a time between one minute and 366 days.`, {
    code: 'duration-invalid',
    kind: 'permanent',
    advice: 'Write it in days, hours or minutes, such as 30m, 1h or 2d.',
  })
}

/** The same the other way round, in as few units as are exact: `1h30m`. */
export function showDuration(seconds: number): string {
  const units = [
    ['d', Math.floor(seconds / DAY)],
    ['h', Math.floor((seconds % DAY) / HOUR)],
    ['m', Math.floor((seconds % HOUR) / MINUTE)],
  ] as const
  return units.map(([unit, count]) => (count === 0 ? '' : `${count}${unit}`)).join('') || '0m'
}
