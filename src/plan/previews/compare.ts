import type { Previews } from '../../config/model.ts'
import { PREVIEW_VARIABLES, placeholdersIn } from '../../domain/template.ts'
import type { ManifestFile, ManifestSnapshot } from '../../forge/forge.ts'
import { answerTo } from '../questions.ts'
import { lacks, unanswered } from '../versions/wait.ts'
import type { World } from '../world.ts'
import { differences, type Rendered, renderPreview } from './files.ts'
import type { Preview } from './set.ts'
import { awakened } from './sleep.ts'
import type { Compared } from './standing.ts'
import { renderValues } from './values.ts'

/** What previews are made from, and what is there. */
export interface PreviewGround {
  /** [] where a preview is made of values alone. */
  template: readonly ManifestFile[]
  previews: Previews
  snapshot: ManifestSnapshot
}

/**
 * What brings one preview to its template. An error in one keeps that one as it is, and no other. Where the template names
 * {digest}, or there is none and the configuration says `pin`, the registry is asked what the preview's tag has now.
 */
export function compare(world: World, preview: Preview, ground: PreviewGround): Compared {
  const { template, previews } = ground
  const withDigest = previews.template === null ? previews.pin : template.some(namesDigest)
  return withDigest ? renderAsked(world, preview, ground) : render(preview, ground)
}

function render(preview: Preview, ground: PreviewGround): Compared {
  const { snapshot } = ground
  const rendered = filesOf(preview, ground)
  if (rendered.files === null) return { preview, changes: [], reason: rendered.reason }
  const changes = differences(preview, rendered.files, snapshot)
  if (!preview.asleep || changes.length === 0) return { preview, changes, reason: null }
  const awake = filesOf(awakened(preview), ground)
  const fallsAsleep = awake.files !== null && differences(preview, awake.files, snapshot).length === 0
  return { preview, changes, reason: null, fallsAsleep }
}

function filesOf(preview: Preview, { template, previews }: PreviewGround): Rendered {
  return previews.template === null
    ? renderValues(preview)
    : renderPreview(preview, template, previews.template)
}

function renderAsked({ answers }: World, preview: Preview, ground: PreviewGround): Compared {
  const [image] = ground.previews.images
  if (image === undefined) return render(preview, ground)
  const question = { about: 'manifest' as const, image, reference: preview.tag }
  const answer = answerTo(answers, question)
  if (answer === null) return { preview, changes: [], reason: null, asks: [question] }
  if (answer.known && answer.value !== null) return render(withDigest(preview, answer.value.digest), ground)
  const name = `${image.written}:${preview.tag}`
  const message = `${preview.tag} waits for its image ${name}, whose digest is to be written.`
  const { waits } = answer.known
    ? lacks({ code: 'waits-for-image', message }, true)
    : unanswered(`The digest of ${name}`, answer)
  return { preview, changes: [], reason: waits[0]?.reason ?? null, waits }
}

function namesDigest({ text }: ManifestFile): boolean {
  return text !== null && placeholdersIn(text, PREVIEW_VARIABLES).some(({ name }) => name === 'digest')
}

function withDigest(preview: Preview, digest: string): Preview {
  return { ...preview, values: { ...preview.values, digest } }
}
