import type { Editor, Located, Place, Range, Splice, Subject, TextFile } from './editor.ts'
import { names } from './search/names.ts'
import { readText } from './text/text-editor.ts'
import { yamlEditor } from './yaml-editor.ts'

/**
 * Every editor, as one: the formats that are YAML, and lines of text where a file, or a document in it, is none.
 * What a marker says goes before what a format says of the same scalar.
 */
export const manifestEditor: Editor = {
  accepts: () => true,
  locate: (file, subject) =>
    compose(file, yamlEditor.accepts(file.path) ? yamlEditor.locate(file, subject) : null, subject),
}

function compose(file: TextFile, yaml: Located | null, subject: Subject | undefined): Located {
  const { path, text } = file
  const ranges: Range[] = yaml?.unread.filter(({ code }) => code === 'not-yaml') ?? [
    { start: 0, end: text.length },
  ]
  const read = readText(file, ranges, yaml !== null, subject)
  const isOurs = (place: Place) =>
    place.marked !== undefined || (subject !== undefined && names(place, subject.image.normalised))
  const ours = read.places.filter(isOurs)
  const isRead = ({ start, end }: Range) => ours.some(({ at }) => at >= start && at < end)
  const foreign = [...(yaml?.foreign ?? []), ...read.foreign]
  return {
    places: guarded(path, [...(yaml?.places ?? []), ...read.places], foreign),
    foreign,
    unread: yaml?.unread.filter((part) => part.code !== 'not-yaml' || !isRead(part)) ?? [],
    reread: (after, splices) => {
      const isInText = (splice: Splice) => yaml === null || ranges.some((range) => isWithin(splice, range))
      const outside = splices.filter((splice) => !isInText(splice))
      if (splices.some((splice) => splice.text.includes('\n') && isInText(splice))) return null
      const again = yaml?.reread(after, outside) ?? null
      return yaml !== null && again === null ? null : compose({ path, text: after }, again, subject)
    },
  }
}

function isWithin({ start, end }: Splice, range: Range): boolean {
  return start > range.start && end <= range.end
}

/** Places that a format knows leave alone what a marker speaks of. */
function guarded(path: string, places: readonly Place[], foreign: readonly Range[]): Place[] {
  const marked = places.flatMap((place) => place.marked ?? [])
  if (marked.length + foreign.length === 0) return [...places]
  return places.map((place) => {
    if (place.marked !== undefined) return place
    const { line, column } = place
    return {
      ...place,
      splices: (wish) => {
        const made = place.splices(wish)
        if (!Array.isArray(made)) return made
        if (made.some((splice) => touches(splice, foreign))) {
          const message = 'A marker says that this version is that of another app or image.'
          return { code: 'marked-for-another', message, path, line, column }
        }
        return made.filter((splice) => !touches(splice, marked))
      },
    }
  })
}

function touches(splice: Range, ranges: readonly Range[]): boolean {
  return ranges.some(({ start, end }) => splice.start <= end && splice.end >= start)
}
