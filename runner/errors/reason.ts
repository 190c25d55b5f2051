const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'a folder',
  ENOTDIR: 'a file where a folder should be',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a disk that can only be read',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'no space left in the quota',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'a name that is too long',
};

/** What the system said when it refused to read or write something, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}
