import { TEMPLATE } from './acme.ts'
import { treeTexts } from './sandbox.ts'
import { tagOf } from './scene.ts'
import type { Stage } from './stage.ts'

/** Every file below the previews' path, by its own. */
export async function previewsInGit(s: Stage): Promise<Record<string, string>> {
  const texts = await treeTexts(s.target.inside, s.manifests, 'main')
  return Object.fromEntries(Object.entries(texts).filter(([path]) => path.startsWith('apps/web/previews/')))
}

/** What it should hold of these pull requests. */
export function previewsOf(...pulls: { number: number; head: string }[]): Record<string, string> {
  return Object.fromEntries(
    pulls.map(({ number, head }) => [
      `apps/web/previews/pr-${number}/kustomization.yaml`,
      TEMPLATE.replace('{number}', String(number)).replace('{tag}', tagOf(head)),
    ]),
  )
}
