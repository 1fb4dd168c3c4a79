import { createHash } from 'node:crypto'

/** Everything that a report says. */
interface Said {
  conclusion: string
  title: string
  summary: string
  annotations: readonly { path: string; line: number; column: number; message: string }[]
}

/** 16 hexadecimal digits: the same for reports that say the same, whatever else is known of them. */
export function reportDigest({ conclusion, title, summary, annotations }: Said): string {
  const said = [
    conclusion,
    title,
    summary,
    annotations.map(({ path, line, column, message }) => [path, line, column, message]),
  ]
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16)
}
