import { z } from 'zod'
import { entry, type Format, named, news } from './announcement.ts'

/** Docker Hub, which tells of pushes only. https://docs.docker.com/docker-hub/repos/manage/webhooks/ */
export const dockerHub: Format = {
  read: (host, payload) => [
    entry(Push, payload, ({ repository, push_data }) =>
      news(host, repository.repo_name, `${named(push_data.tag)} was pushed`),
    ),
  ],
  identify: () => 'body',
}

const Push = z.object({
  push_data: z.object({ tag: z.string().nullish() }),
  repository: z.object({ repo_name: z.string() }),
})
