/** Tables whose stream was switched on before streams were recorded: they get one now, under the name they showed. */
import type { Clock } from '../../foundation/clock.ts'
import type { Trees } from '../../storage/trees.ts'
import type { Catalog } from '../tables/catalog.ts'
import type { TableRecord } from '../tables/table.ts'
import { startStream, streamKeyContext } from './change-stream.ts'

export async function adoptStreams(trees: Trees, catalog: Catalog, clock: Clock): Promise<void> {
  const records = await trees.view((reader) => catalog.all(reader))
  for (const record of records.filter(isOrphan)) {
    const key = await trees.newTableKey(streamKeyContext(record, record.name))
    await trees.atomically((writer) => {
      const table = catalog.find(writer, record, record.name)
      if (table === undefined || !isOrphan(table.record) || table.record.stream === undefined) return
      const started = startStream(writer, table.record, table.record.stream, key, table.partitions, clock.nowMs())
      const { changing: _none, ...stream } = started.stream ?? table.record.stream
      catalog.put(writer, { ...started, stream })
    })
  }
}

function isOrphan({ stream, status }: TableRecord): boolean {
  return stream?.enabled === true && stream.tree === undefined && status !== 'DELETING'
}
