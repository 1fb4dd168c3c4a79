import { ApiError } from './reply.ts'
import type { RepositoryRequest } from './router.ts'

/** A path that git accepts in a tree: relative, without `.`, `..` and `.git` in any spelling. */
export function isCleanPath(path: string): boolean {
  return (
    path !== '' &&
    !path.includes('\0') &&
    path
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git[ .]*$|^git~1$/i.test(part))
  )
}

/** Base64 in lines of 60 characters, as GitHub gives contents. */
export function wrapBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,60}/g, '$&\n')
}

/** @throws ApiError 409 when the repository has no commit */
export async function refuseEmpty({ model, repository }: RepositoryRequest): Promise<void> {
  if ((await model.git(repository).refs()).size === 0) throw new ApiError(409, 'Git Repository is empty.')
}
