/** Who waits for whom? In a time that a test moves. */
import { describe, expect, it } from 'vitest';
import { createPace, type Place } from '../../src/aws/pace.ts';

const WEB: Place = { account: '300000000003', region: 'eu-west-1' };
const DATA: Place = { account: '400000000004', region: 'eu-west-1' };
const FAR: Place = { account: '300000000003', region: 'us-east-1' };
const READ = 'ec2:DescribeVpcs';
const WRITE = 'ec2:RevokeSecurityGroupIngress';

/** Four ordinary calls a second, twenty of them at once; what is asked for waits, and time stands still. */
function open() {
  const waits: number[] = [];
  const pace = createPace({ ec2: 4 }, { now: () => 0, sleep: async (ms) => void waits.push(ms) });
  return {
    pace,
    /** How long each of so many calls waits. */
    async ask(place: Place, count: number, operation = READ): Promise<number[]> {
      waits.length = 0;
      for (let n = 0; n < count; n += 1) await pace.turn(place, operation, {});
      return [...waits];
    },
  };
}

describe('calls of one kind', () => {
  it('go at once as long as the bucket lasts, and then at its rate', async () => {
    expect(await open().ask(WEB, 22)).toEqual([250, 500]);
  });

  it('wait for nobody in another account, in another region, or of another kind', async () => {
    const { ask } = open();
    expect(await ask(WEB, 21)).toEqual([250]);
    expect(await ask(DATA, 20)).toEqual([]);
    expect(await ask(FAR, 20)).toEqual([]);
    expect(await ask(WEB, 10, WRITE)).toEqual([]);
  });

  it('all wait when AWS refused one of them as one too many, and only they', async () => {
    const { ask, pace } = open();
    expect(await ask(WEB, 1)).toEqual([]);
    pace.refused(WEB, READ, {});
    expect(await ask(WEB, 2)).toEqual([250, 500]);
    expect(await ask(DATA, 1)).toEqual([]);
  });
});
