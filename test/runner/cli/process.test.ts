import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const cli = new URL('../../../runner/cli.ts', import.meta.url).pathname;

function nastransfer(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', cli, ...args], { encoding: 'utf8' });
}

describe('the program as a process', () => {
  it('prints JSON alone on standard output and ends with 0', () => {
    const cell = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';
    const { status, stdout, stderr } = nastransfer('count', '--architecture', cell, '--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ architecture: cell, parameters: 73306, multiplyAdds: 7783040 });
  });

  it('prints errors on standard error and ends with 2 after a wrong command', () => {
    const { status, stdout, stderr } = nastransfer('cuont');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain("error: unknown command 'cuont'");
    expect(stderr).toContain('(Did you mean count?)');
  });
});
