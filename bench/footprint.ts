/** What a server takes of memory and disk, read from /proc and the folder; and what the disk itself takes. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Resident memory of the process and all its descendants, in MiB. */
export async function residentMiB(rootPid: number): Promise<number> {
  const parents = new Map<number, number>()
  const resident = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const text = await readFile(`/proc/${name}/status`, 'utf8')
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(text)?.[1] ?? 0))
      resident.set(Number(name), Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0))
    } catch {
      // The process ended between the two reads.
    }
  }
  let kibibytes = 0
  for (const [pid, own] of resident) {
    let ancestor: number | undefined = pid
    while (ancestor !== undefined && ancestor !== rootPid) ancestor = parents.get(ancestor)
    if (ancestor === rootPid) kibibytes += own
  }
  return kibibytes / 1024
}

/** Bytes that the files under `folder` occupy on the disk. */
export async function diskBytes(folder: string): Promise<number> {
  let total = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    try {
      total += (await stat(join(entry.parentPath, entry.name))).blocks * 512
    } catch {
      // A file that a compaction removed meanwhile.
    }
  }
  return total
}

/**
 * Milliseconds for 8 KB to be appended and made durable, the median of 200: no write that waits for the disk can be
 * answered sooner, so it bounds the write lines at one connection.
 */
export async function diskSyncMs(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sync-'))
  const file = openSync(join(folder, 'log'), 'w')
  const page = Buffer.alloc(8192, 1)
  const times: number[] = []
  for (let count = 0; count < 200; count += 1) {
    const startedAt = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    times.push(performance.now() - startedAt)
  }
  closeSync(file)
  await rm(folder, { recursive: true, force: true })
  times.sort((a, b) => a - b)
  return times[100] ?? 0
}
