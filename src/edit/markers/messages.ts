import type { RewriteCode } from './rewrite.ts'

export type MarkerCode =
  | RewriteCode
  | 'unknown-part'
  | 'marker-alone'
  | 'block-scalar'
  | 'explicit-type'
  | 'shared-anchor'

/** What each code of a marker says to a person. */
export const MARKER_MESSAGES: Record<MarkerCode, string> = {
  'marker-unclear': 'It is not clear which value on this line the marker means, or what of it.',
  'marker-alone': 'The marker stands on a line without a value, so it marks nothing.',
  'unknown-part':
    'The marker names a part that does not exist; there are tag, digest, name, sha and version.',
  'digest-unknown': 'The marker asks for a digest, and that of the new version is not known.',
  'sha-unknown': 'The marker asks for a commit, and that of the new version is not known.',
  'version-unknown': 'The marker asks for a semantic version, and the new tag is none.',
  'not-literal': 'The version is not written here but filled in from a variable or a template.',
  'block-scalar': 'The value stands in a block scalar that cannot be changed in place.',
  'explicit-type': 'The value has an explicit YAML type that is not a string.',
  'shared-anchor':
    'The version is shared by an anchor with another image, whose version would change as well.',
}
