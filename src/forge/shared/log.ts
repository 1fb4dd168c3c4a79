/** Where an adapter says what happened; a pino logger fits. Nothing that is logged holds a secret. */
export interface Log {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}
