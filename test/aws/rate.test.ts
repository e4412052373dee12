import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitOf } from '../../src/aws/limits.ts';
import { drain, full, type Level, type Rate, scale, take } from '../../src/aws/rate.ts';

const rate: Rate = { capacity: 3, perSecond: 2 };

/** The moments at which requests that arrive at `times` may go. */
function departures(times: readonly number[], bucket: Rate): number[] {
  let level: Level = full(bucket, times[0] ?? 0);
  return times.map((now) => {
    const taken = take(bucket, level, now);
    level = taken.level;
    return now + taken.wait;
  });
}

describe('a token bucket', () => {
  it('lets as many go at once as it holds, and the others at its rate, in their order', () => {
    expect(departures([0, 0, 0, 0, 0, 0], rate)).toEqual([0, 0, 0, 500, 1000, 1500]);
  });

  it('fills up again, and never above its capacity', () => {
    expect(departures([0, 0, 0, 1000, 1000, 1000], rate)).toEqual([0, 0, 0, 1000, 1000, 1500]);
    expect(departures([0, 60_000, 60_000, 60_000, 60_000], rate)).toEqual([0, 60_000, 60_000, 60_000, 60_500]);
  });

  it('is empty for everybody once AWS has refused a request', () => {
    const level = drain(rate, full(rate, 0), 0);
    expect(take(rate, level, 0).wait).toBe(500);
  });

  it('gives nobody back what it has promised to others when it is drained', () => {
    let level = full(rate, 0);
    for (let i = 0; i < 5; i++) level = take(rate, level, 0).level;
    expect(drain(rate, level, 0).tokens).toBe(-2);
  });

  it('gains nothing from a clock that is set back', () => {
    const late = take(rate, { tokens: 0, at: 10_000 }, 10_000).level;
    const early = take(rate, late, 4_000).level;
    expect(early.tokens).toBe(-2);
    expect(take(rate, early, 10_000).level.tokens).toBe(-3);
  });

  it('never lets more than capacity plus what flowed in go within any stretch of time', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 60 });
    const rates = fc.record({ capacity: fc.integer({ min: 1, max: 9 }), perSecond: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(gaps, rates, (steps, bucket) => {
        let now = 0;
        const gone = departures(
          steps.map((gap) => (now += gap)),
          bucket,
        );
        for (const [first, start] of gone.entries())
          for (const [last, end] of gone.entries())
            if (last >= first) {
              const allowed = bucket.capacity + ((end - start + 1) / 1000) * bucket.perSecond;
              expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
            }
      }),
      { numRuns: 200 },
    );
  });

  it('holds at least one request however slow it is made', () => {
    expect(scale({ capacity: 1, perSecond: 0.1 }, 0.5)).toEqual({ capacity: 1, perSecond: 0.05 });
  });
});

describe('limits', () => {
  it.each([
    ['ec2:DescribeVpcs', {}, 100, 20],
    ['ec2:DescribeSecurityGroups', { MaxResults: 1000 }, 100, 20],
    ['ec2:DescribeSecurityGroups', {}, 50, 10],
    ['ec2:DescribeNetworkInterfaces', { Filters: [] }, 100, 20],
    ['ec2:AuthorizeSecurityGroupIngress', {}, 50, 5],
    ['ec2:EnableImageBlockPublicAccess', {}, 1, 0.1],
    ['organizations:ListAccounts', {}, 12, 8],
    ['organizations:ListAccountsForParent', {}, 8, 5],
    ['securityhub:BatchUpdateStandardsControlAssociations', {}, 30, 10],
  ])('%s %j: %d at once, %d a second', (operation, input, capacity, perSecond) => {
    expect(limitOf(operation, input, {}).rate).toEqual({ capacity, perSecond });
  });

  it('give each action a bucket of its own, and EC2 a smaller one for unbounded reads', () => {
    const category = (operation: string, input = {}): string => limitOf(operation, input, {}).category;
    expect(category('ec2:DescribeVpcs')).not.toBe(category('ec2:DescribeSecurityGroups', { MaxResults: 5 }));
    expect(category('ec2:DescribeSecurityGroups')).not.toBe(category('ec2:DescribeSecurityGroups', { MaxResults: 5 }));
    expect(category('sts:AssumeRole')).toBe(category('sts:GetCallerIdentity'));
  });

  it('follow the fleet: the figure is for ordinary calls, the others move in proportion', () => {
    expect(limitOf('ec2:DescribeVpcs', {}, { ec2: 10 }).rate).toEqual({ capacity: 50, perSecond: 10 });
    expect(limitOf('ec2:RevokeSecurityGroupEgress', {}, { ec2: 10 }).rate).toEqual({ capacity: 25, perSecond: 2.5 });
    expect(limitOf('iam:GetAccountPasswordPolicy', {}, { ec2: 10 }).rate.perSecond).toBe(10);
  });
});
