/**
 * Something that whoever runs Coffer can put right: a wrong setting, a folder that cannot be written. Its message says
 * what is wrong and what to do; commands show it without a stack.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError'
}

/** Why the system refused, in words an operator knows; the system's own text for what is not listed. */
export function systemReason(error: unknown): string {
  const code = systemErrorCode(error)
  return reasons[code ?? ''] ?? (error instanceof Error ? error.message : String(error))
}

/** `EACCES` and the like; undefined for errors that are not the system's. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'something of that name exists already',
  EADDRINUSE: 'another process listens there already',
  EADDRNOTAVAIL: 'this machine has no such address',
  EMFILE: 'too many open files',
  EFBIG: 'the file is larger than allowed',
}
