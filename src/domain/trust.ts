/** From the least to the worst. */
export const SEVERITIES = ['none', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Who must have signed; any one of them is enough. */
export type SignatureTrust =
  /** PEM of a public key. */
  | { kind: 'key'; key: string }
  /** Of a Fulcio certificate: the subject's alternative name (a glob), and the OpenID issuer. */
  | { kind: 'identity'; identity: string; issuer: string }
