/** Equal questions that are asked while the first of them is on its way get its answer. */
export interface Share {
  <T>(question: string, ask: () => Promise<T>): Promise<T>
  /** Questions that hold this text are asked anew. */
  forget(part: string): void
}

export function createShare(): Share {
  const asked = new Map<string, Promise<unknown>>()
  const share = <T>(question: string, ask: () => Promise<T>): Promise<T> => {
    const before = asked.get(question)
    // One question has answers of one type.
    if (before !== undefined) return before as Promise<T>
    const answer = ask().finally(() => {
      if (asked.get(question) === answer) asked.delete(question)
    })
    asked.set(question, answer)
    return answer
  }
  const forget = (part: string) => {
    for (const question of asked.keys()) if (question.includes(part)) asked.delete(question)
  }
  return Object.assign(share, { forget })
}
