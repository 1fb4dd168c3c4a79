/** What the web room writes to; a pino logger is one. */
export interface Log {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
