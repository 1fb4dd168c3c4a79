import { z } from 'zod'
import { parseImage } from './grammar.ts'
import { parseAt, parseDocumentName, parseFieldFile, parseFieldValue } from './grammar-field.ts'
import { text } from './schema-parts.ts'

const FILE = '^(?!/)[^\\\\{}]+$'
const NEEDS = 'Write { file: …, at: …, value: … } or { render: …, to: … }.'

/** One form or the other; the reader judges by the same rules, in words. */
const FORMS = {
  oneOf: [
    { required: ['file', 'at', 'value'], properties: { render: false, to: false } },
    { required: ['render', 'to'], properties: { file: false, in: false, at: false, value: false } },
  ],
}

const file = (description: string, example: string) =>
  text(parseFieldFile, { description, pattern: FILE, examples: [example] }).optional()

const field = z
  .strictObject({
    file: file('A YAML or JSON file below the path of the environment.', 'kpack/image.yaml'),
    in: text(parseDocumentName, {
      description: 'Which object of a file with several: its kind, or kind and name.',
      pattern: '^[A-Za-z][A-Za-z0-9]*(/[^\\s/]+)?$',
      examples: ['Image/web', 'Image'],
    }).optional(),
    at: text(parseAt, {
      description: 'The path to the value: keys, [0] or [name=web] for an item of a list, ["key.with.dots"].',
      pattern: '^[^.\\s].*[^.\\s]$|^[^.\\s]$',
      examples: ['spec.source.git.revision', 'containers[name=web].image'],
    }).optional(),
    value: text(parseFieldValue, {
      description: 'What is written there, with {sha}, {sha:7}, {tag}, {version} and {image}.',
      pattern: '\\{(sha(:[0-9]{1,2})?|tag|version)\\}',
      examples: ['{sha}', '{image}:{tag}', 'refs/tags/{tag}'],
    }).optional(),
    render: file('A template below the path of the environment.', 'deployment.yml.tmpl'),
    to: file('The file that is written from the template.', 'deployment.yml'),
  })
  .superRefine((entry, context) => {
    const complain = (code: string, message: string, path: string[] = []) =>
      context.addIssue({ code: 'custom', message, path, params: { code, advice: NEEDS } })
    const sets = [entry.file, entry.in, entry.at, entry.value].some((part) => part !== undefined)
    const renders = entry.render !== undefined || entry.to !== undefined
    if (sets && renders) complain('conflict', 'This entry sets a value and renders a template at once.')
    else if (!sets && !renders) complain('missing', 'This entry says nothing.')
    else {
      const needed = sets ? (['file', 'at', 'value'] as const) : (['render', 'to'] as const)
      const lacking = needed.find((key) => entry[key] === undefined)
      if (lacking !== undefined) complain('missing', `This entry has no "${lacking}".`, [lacking])
    }
  })
  .meta({ description: 'A value that is set, or a file that is rendered.', ...FORMS })

/** What environments may say besides how their images are found by name; levels above them may say it as well. */
export const fieldKeys = {
  fields: z
    .array(field)
    .max(100)
    .meta({
      description:
        'Values to set, and files to render, where no format finds the image by its name. Paths are relative to the path of the environment, or to the directory of the file that it is.',
    })
    .optional(),
  imagePolicies: z
    .record(
      z.string(),
      text(parseImage, {
        description: 'One of the images of the environment.',
        pattern: '^[A-Za-z0-9\\[][^\\s@]*$',
        examples: ['ghcr.io/acme/web'],
      }),
    )
    .meta({
      description:
        'Flux image policies by namespace:name, whose $imagepolicy markers in the manifests mean an image.',
      propertyNames: { pattern: '^[a-z0-9-]+:[a-z0-9.-]+$' },
      maxProperties: 100,
      examples: [{ 'flux-system:web': 'ghcr.io/acme/web' }],
    })
    .optional(),
}

export type WrittenField = z.infer<typeof field>
