import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The processes of a cluster in `directory`, zombies apart: they work in it, or, elsewhere than on Linux, name it. */
export async function processesOn(directory: string): Promise<number[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,command=']);
    const lines = stdout.split('\n').filter((line) => line.includes('postgres') && line.includes(directory));
    return lines.map((line) => Number.parseInt(line, 10));
  }
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const worksThere = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      if (!cwd.startsWith(`${directory}/`)) return false;
      // Z: a zombie, which has ended and whose parent has not waited for it.
      return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
    }),
  );
  return pids.filter((_, index) => worksThere[index]);
}

/** Kills the processes of a cluster in `directory`. */
export async function killProcessesOn(directory: string): Promise<void> {
  for (const pid of await processesOn(directory)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It has ended since it was seen: the processes of a cluster end each other.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
