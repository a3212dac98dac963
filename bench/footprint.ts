/** What a server takes of memory and disk, read from /proc and the folder. */
import { readdir, readFile, stat } from 'node:fs/promises'
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
