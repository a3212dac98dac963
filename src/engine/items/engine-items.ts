/** `Items`: each call is one body on the trees. */
import type { Clock } from '../../foundation/clock.ts'
import type { Trees } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import type { Catalog } from '../tables/catalog.ts'
import { transactGet } from '../transactions/transact-get.ts'
import { transactWrite } from '../transactions/transact-write.ts'
import { batchGet, batchWrite } from './batch-items.ts'
import { deleteItem, putItem, updateItem } from './change-item.ts'
import { getItem } from './get-item.ts'
import type { Items } from './items.ts'
import { queryPage, scanPage } from './read-page.ts'

export function engineItems(trees: Trees, catalog: Catalog, admission: Admission, clock: Clock): Items {
  const house = { catalog, admission, clock }
  return {
    put: (request) => trees.atomically((writer) => putItem(writer, house, request)),
    update: (request) => trees.atomically((writer) => updateItem(writer, house, request)),
    delete: (request) => trees.atomically((writer) => deleteItem(writer, house, request)),
    get: (request) => trees.view((reader) => getItem(reader, catalog, admission, request)),
    query: (request) => trees.view((reader) => queryPage(reader, catalog, admission, request)),
    scan: (request) => trees.view((reader) => scanPage(reader, catalog, admission, request)),
    batchGet: (request) => trees.view((reader) => batchGet(reader, catalog, admission, request)),
    batchWrite: (request) => trees.atomically((writer) => batchWrite(writer, house, request)),
    transactWrite: (request) => trees.atomically((writer) => transactWrite(writer, house, request)),
    transactGet: (request) => trees.view((reader) => transactGet(reader, catalog, admission, request)),
  }
}
