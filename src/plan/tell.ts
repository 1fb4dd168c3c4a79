import type { Reason } from './action.ts'

/** @param news without a full stop */
export function tell(news: string): Reason {
  return { code: 'tell', message: `People are told: ${news}.` }
}
