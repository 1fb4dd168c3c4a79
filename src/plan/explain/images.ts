import type { Environment, ImageGates } from '../../config/model.ts'
import { codeSpan, escapeMarkdown } from '../../domain/markdown.ts'
import type { Version } from '../../domain/version.ts'
import type { Edited } from '../environments/edit-environment.ts'
import type { Answers } from '../questions.ts'
import { gateFacts } from '../versions/image-gates.ts'
import { writesDigests } from '../versions/pin.ts'
import type { Place } from '../versions/ready.ts'

const PLACES_SHOWN = 10

/** What is known of one image of a version. */
export interface ImageStory {
  /** As it is configured. */
  name: string
  /** `sha256:…` */
  digest: string
  /** Names of it that were compared: of the commit, of the release. */
  tags: string[]
  /** Whole sentences, without markup. */
  facts: string[]
}

/**
 * What somebody looked up of the version's images; [] where nobody did.
 * @param places where CI pushed them, when that is not under the version's own tag
 */
export function imageStories(
  answers: Answers,
  { images }: Environment,
  { tag, digests = {} }: Version,
  { places, gates }: { places: readonly Place[]; gates: readonly ImageGates[] },
): ImageStory[] {
  return images.flatMap((image) => {
    const digest = digests[image.normalised]
    if (digest === undefined) return []
    const place = places.find((each) => each.image.normalised === image.normalised)
    const source =
      place === undefined || place.at.normalised === image.normalised
        ? place?.tag
        : `${place.at.written}:${place.tag}`
    const tags = [...new Set([...(source === undefined ? [] : [source]), tag])]
    const facts = gateFacts(answers, gates, { image: place?.at ?? image, digest, tag })
    return [{ name: image.written, digest, tags, facts }]
  })
}

/** Markdown; '' where nothing is known. */
export function imageSection(
  stories: readonly ImageStory[],
  environment: Environment,
  { unpinned }: Pick<Edited, 'unpinned'>,
): string {
  if (stories.length === 0) return ''
  const lines = stories.map(({ name, digest, tags, facts }) => {
    const equal = [digest, ...tags].map((text) => codeSpan(text)).join(' = ')
    return [`- ${codeSpan(name)}: ${equal}.`, ...facts.map((fact) => escapeMarkdown(fact, 500))].join(' ')
  })
  const pinned = writesDigests(environment) ? ['', pinSentence(unpinned)] : []
  return [`### Image${stories.length === 1 ? '' : 's'}`, '', ...lines, ...pinned].join('\n')
}

function pinSentence(unpinned: Edited['unpinned']): string {
  const written = 'The digest is written beside the tag, so that nothing else can come under it.'
  if (unpinned.length === 0) return written
  const shown = unpinned.slice(0, PLACES_SHOWN).map(({ path, line }) => codeSpan(`${path}:${line}`))
  const rest = unpinned.length - shown.length
  const where = [...shown, ...(rest > 0 ? [`${rest} more places`] : [])].join(', ')
  return `The digest is written where the manifests have a place for one; ${where} can only say the tag.`
}
