import type { CreateRefInput, DeleteRefInput, UpdateRefInput, UpdateRefsInput } from '@octokit/graphql-schema'
import { ZERO_OID } from '../../../domain/commit.ts'
import { known } from '../../model/access.ts'
import { changeRefs } from '../../model/refs.ts'
import { Refusal } from '../../model/refusal.ts'
import { FieldError } from './errors.ts'
import type { Execution } from './execution.ts'
import { mutation } from './mutation.ts'
import { refOf, repositoryOf } from './nodes.ts'
import { refByName } from './refs.ts'

export function refMutations(execution: Execution): Record<string, unknown> {
  const { model, actor } = execution
  return {
    ...mutation<CreateRefInput>('createRef', ['repositoryId', 'name', 'oid'], async (input) => {
      const repository = repositoryOf(execution, input.repositoryId)
      execution.allow(repository, 'contents', 'write')
      const { name } = input
      const wish = { ref: name, before: ZERO_OID, after: input.oid }
      await changeRefs(model, repository, known(actor), [wish]).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'exists') throw error
        throw new FieldError('UNPROCESSABLE', `A ref named "${name}" already exists in the repository.`)
      })
      return { ref: await refByName(execution, repository, name) }
    }),
    ...mutation<UpdateRefInput>('updateRef', ['refId', 'oid', 'force'], async ({ refId, oid, force }) => {
      const { repository, name } = refOf(execution, refId)
      execution.allow(repository, 'contents', 'write')
      const wish = { ref: name, before: null, after: oid, force: force ?? false }
      await changeRefs(model, repository, known(actor), [wish])
      return { ref: await refByName(execution, repository, name) }
    }),
    ...mutation<UpdateRefsInput>('updateRefs', ['repositoryId', 'refUpdates'], async (input) => {
      const repository = repositoryOf(execution, input.repositoryId)
      execution.allow(repository, 'contents', 'write')
      const wishes = input.refUpdates.map(({ name, beforeOid, afterOid, force }) => ({
        ref: name,
        before: beforeOid ?? null,
        after: afterOid,
        force: force ?? false,
      }))
      await changeRefs(model, repository, known(actor), wishes)
      return {}
    }),
    ...mutation<DeleteRefInput>('deleteRef', ['refId'], async ({ refId }) => {
      const { repository, name } = refOf(execution, refId)
      execution.allow(repository, 'contents', 'write')
      await changeRefs(model, repository, known(actor), [{ ref: name, before: null, after: ZERO_OID }])
      return {}
    }),
  }
}
