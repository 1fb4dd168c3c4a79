/** Asks pages of previews whether they answer, and nothing else of them. */
export interface Prober {
  /**
   * A page that cannot be reached is one that does not answer. Throws `preview-host-denied` (permanent) before any
   * connection where the operator has not allowed the host (requirement 20).
   */
  ask(question: PageQuestion): Promise<PageAnswer>
}

export interface PageQuestion {
  url: string
  /** One of these means that it answers. */
  status: readonly number[]
  /** Must stand in what it answers; null: nothing needs to. */
  expect: string | null
}

/** `message` is a whole sentence about the page. */
export type PageAnswer = { answers: true } | { answers: false; message: string }
