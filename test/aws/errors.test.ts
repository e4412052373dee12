import { describe, expect, it } from 'vitest';
import { isExpired, isThrottling } from '../../src/aws/error-kinds.ts';
import { reasonOf } from '../../src/aws/errors.ts';
import { checkExternalId, roleArn, sessionName, signingRegion } from '../../src/aws/names.ts';
import { printable } from '../../src/aws/text.ts';
import { TrueupError } from '../../src/model/problem.ts';

/** As the SDK throws it; the class is a plain Error on purpose, because only the name counts. */
function awsError(name: string, message = '', more: { code?: string; status?: number } = {}): Error {
  return Object.assign(new Error(message), {
    name,
    ...(more.code && { code: more.code }),
    $metadata: { httpStatusCode: more.status ?? 400 },
  });
}

const place = { account: '111122223333', region: 'eu-west-1' };
const reading = { doing: 'read the security groups', ...place, operation: 'ec2:DescribeSecurityGroups' };

describe('an error of AWS', () => {
  it.each([
    ['RequestLimitExceeded', 'throttled'],
    ['TooManyRequestsException', 'throttled'],
    ['UnauthorizedOperation', 'access-denied'],
    ['AccessDenied', 'access-denied'],
    ['AccessDeniedException', 'access-denied'],
    ['AuthFailure', 'region-not-usable'],
    ['UnrecognizedClientException', 'region-not-usable'],
    ['InvalidClientTokenId', 'region-not-usable'],
    ['RegionDisabledException', 'region-not-usable'],
    ['ExpiredToken', 'credentials-expired'],
    ['ExpiredTokenException', 'credentials-expired'],
    ['RequestExpired', 'credentials-expired'],
    ['RequestTimeTooSkewed', 'clock-skew'],
    ['SignatureDoesNotMatch', 'clock-skew'],
    ['CredentialsProviderError', 'no-credentials'],
    ['PackedPolicyTooLargeException', 'session-policy-too-large'],
    ['TimeoutError', 'network'],
    ['InvalidGroup.NotFound', 'group-not-found'],
    ['SomethingNew', 'aws-error'],
    ['constructor', 'aws-error'],
  ])('%s means %s', (name, code) => {
    const reason = reasonOf(awsError(name, 'as AWS says'), reading);
    expect(reason.code).toBe(code);
    expect(reason.message).toContain('could not read the security groups in 111122223333 eu-west-1');
    expect(reason).toEqual(JSON.parse(JSON.stringify(reason)));
  });

  it.each([
    [{ code: 'ECONNREFUSED' }, 'network'],
    [{ code: 'ENOTFOUND' }, 'network'],
    [{ status: 429 }, 'throttled'],
    [{ status: 503 }, 'service-error'],
    [{}, 'aws-error'],
  ])('without a name that says anything is judged by %j: %s', (more, code) => {
    expect(reasonOf(awsError('Error', '', more), reading).code).toBe(code);
  });

  it('about a host that has no name says that the region may not have the service', () => {
    const advice = (code: string) => reasonOf(awsError('Error', '', { code }), reading).advice;
    expect(advice('ENOTFOUND')).toContain('this one may not have the service');
    expect(advice('ECONNREFUSED')).not.toContain('service');
  });

  it('about a quota of IAM is not taken for throttling', () => {
    const code = (status: number): string => reasonOf(awsError('LimitExceededException', '', { status }), reading).code;
    expect([code(409), code(429)]).toEqual(['aws-error', 'throttled']);
  });

  it.each([[undefined], [null], ['text'], [42], [{ name: 7, message: {} }]])('may even be %j', (thrown) => {
    expect(reasonOf(thrown, reading).code).toBe('aws-error');
  });

  it('on AssumeRole names the role and everything that may be wrong with it', () => {
    const role = 'arn:aws:iam::111122223333:role/trueup-read';
    const reason = reasonOf(awsError('AccessDenied', 'not authorized'), { ...reading, role });
    expect(reason.code).toBe('role-not-assumable');
    expect(reason.message).toContain(role);
    expect(reason.advice).toMatch(/exists.*trust policy.*external id/);
  });

  it('names the action that is missing, as AWS does, or as it was sent', () => {
    const said =
      'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ec2:DescribeVpcs because no identity-based policy allows it';
    expect(reasonOf(awsError('UnauthorizedOperation', said), reading).advice).toBe(
      "allow ec2:DescribeVpcs in the role's policy",
    );
    expect(reasonOf(awsError('UnauthorizedOperation', 'You are not authorized'), reading).message).toContain(
      'ec2:DescribeSecurityGroups was denied',
    );
  });

  it('names central configuration where a change of Security Hub is denied, and only there', () => {
    const advice = (action: string) =>
      reasonOf(awsError('AccessDeniedException', `not authorized to perform: securityhub:${action}`), reading).advice;
    for (const action of ['BatchUpdateStandardsControlAssociations', 'UpdateSecurityControl', 'BatchEnableStandards'])
      expect(advice(action)).toMatch(/^allow securityhub:\w+ in the role's policy; .*centrally.*fleet\.securityHub/);
    expect(advice('GetEnabledStandards')).toBe("allow securityhub:GetEnabledStandards in the role's policy");
  });

  it('says when a policy of the organisation forbids it', () => {
    const said = 'not authorized to perform: ec2:DescribeVpcs with an explicit deny in a service control policy';
    expect(reasonOf(awsError('UnauthorizedOperation', said), reading).message).toContain('by a service control policy');
  });

  it('never says that credentials are revoked when a region refuses them', () => {
    const reason = reasonOf(
      awsError('AuthFailure', 'AWS was not able to validate the provided access credentials'),
      reading,
    );
    expect(`${reason.message} ${reason.advice}`).not.toMatch(/revoked|validate/);
    expect(reason.advice).toContain('enable eu-west-1 for the account');
  });

  it('names the home region and its field, and what was probably meant', () => {
    const refusal = awsError('AuthFailure');
    const { message, advice } = reasonOf(refusal, { ...reading, region: 'us-east-1', home: true });
    expect(message).toContain('in 111122223333 us-east-1');
    expect(advice).toMatch(/^us-east-1 is the fleet's homeRegion .* write "homeRegion"/);
    expect(reasonOf(refusal, { ...reading, region: 'eu-west-11', home: true }).advice).toMatch(
      /^this version knows no region "eu-west-11": did you mean "eu-west-1"\?; else eu-west-11 is the fleet's homeRegion/,
    );
    expect(reasonOf(refusal, { ...reading, region: 'eu-west-11' }).advice).toMatch(
      /did you mean "eu-west-1"\?; else enable/,
    );
  });

  it('of our own keeps its code and advice', () => {
    const own = new TrueupError({ code: 'endless-pages', message: 'no end', advice: 'run again' });
    expect(reasonOf(own, reading)).toEqual({ code: 'endless-pages', message: 'no end', advice: 'run again' });
  });

  it('cannot steer a terminal or a log, nor fill it', () => {
    const hostile = `\u001b[2J\n::add-mask::a\r\u202egnp.exe\u2066 ${'x'.repeat(5_000)}`;
    const { message } = reasonOf(awsError('Odd', hostile), reading);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message.length).toBeLessThan(600);
  });

  it('shows no text of a credential provider, which may repeat a command line', () => {
    const said = 'Command failed: /bin/get-creds --password hunter2';
    const reason = reasonOf(awsError('CredentialsProviderError', said), reading);
    expect(JSON.stringify(reason)).not.toContain('hunter2');
    expect(reasonOf(awsError('CredentialsProviderError', 'The SSO session has expired'), reading).message).toContain(
      'SSO',
    );
  });

  it('tells throttling and expiry apart for those who react to them', () => {
    expect([isThrottling(awsError('Throttling')), isThrottling(awsError('AccessDenied'))]).toEqual([true, false]);
    expect([isExpired(awsError('ExpiredToken')), isExpired(awsError('Throttling'))]).toEqual([true, false]);
  });
});

describe('text of AWS', () => {
  it('is one line, without key ids', () => {
    expect(printable('a\n\tb\u0000c  key ASIAABCDEFGHIJKLMNOP')).toBe('a b c key ASIA…');
  });

  it('is cut between characters, not inside one', () => {
    expect(printable('😀'.repeat(1_000))).toBe(`${'😀'.repeat(399)}…`);
  });
});

describe('names for AssumeRole', () => {
  const cn = { partition: 'aws-cn', account: '111122223333' };

  it.each([
    ['trueup-read', 'arn:aws-cn:iam::111122223333:role/trueup-read'],
    ['platform/trueup-read', 'arn:aws-cn:iam::111122223333:role/platform/trueup-read'],
    ['arn:{partition}:iam::{account}:role/a', 'arn:aws-cn:iam::111122223333:role/a'],
    ['reader-{account}', 'arn:aws-cn:iam::111122223333:role/reader-111122223333'],
  ])('%s is %s', (role, arn) => {
    expect(roleArn(role, cn)).toBe(arn);
  });

  it.each([['arn:aws:iam::1:role/x'], ['a role'], [''], ['arn:{partition}:iam::{account}:user/x']])(
    '"%s" is no role',
    (role) => {
      expect(() => roleArn(role, cn)).toThrow(TrueupError);
    },
  );

  it.each([
    ['pr-17 abc/def:ü', 'pr-17-abc-def-'],
    ['x', 'x-'],
    ['', '--'],
    ['y'.repeat(100), 'y'.repeat(64)],
  ])('a session for "%s" is called %s', (text, name) => {
    expect(sessionName(text)).toBe(name);
  });

  it('refuse an external id that STS would quote in its own refusal, without quoting it', () => {
    expect(() => checkExternalId('s3cret id!')).toThrow(/external id/);
    expect(() => checkExternalId('s3cret id!')).not.toThrow(/s3cret/);
    expect(() => checkExternalId('a:b/c-d=e')).not.toThrow();
  });

  it.each([
    ['eu-west-1', 'aws', 'eu-west-1'],
    ['global', 'aws', 'us-east-1'],
    ['global', 'aws-cn', 'cn-north-1'],
    ['global', 'aws-new', 'eu-central-1'],
  ])('%s in %s is signed for %s', (region, partition, expected) => {
    expect(signingRegion(region, partition, 'eu-central-1')).toBe(expected);
  });
});
