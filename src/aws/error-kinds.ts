/** What kind of error did AWS answer with? Decided by the error's name; class names change in a bundle. */
export type Kind =
  | 'throttled'
  | 'access-denied'
  | 'credentials-expired'
  | 'clock-skew'
  | 'region-not-usable'
  | 'no-credentials'
  | 'session-policy-too-large'
  | 'session-policy-refused'
  | 'network'
  | 'service-error'
  | 'group-not-found'
  | 'aws-error';

const NAMES: { readonly [name: string]: Kind } = Object.fromEntries(
  (
    [
      // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
      ['throttled', 'RequestLimitExceeded EC2ThrottledException Throttling ThrottlingException ThrottledException'],
      [
        'throttled',
        'RequestThrottled RequestThrottledException TooManyRequestsException LimitExceededException SlowDown',
      ],
      ['access-denied', 'AccessDenied AccessDeniedException UnauthorizedOperation AuthorizationErrorException'],
      ['credentials-expired', 'ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired'],
      ['clock-skew', 'RequestTimeTooSkewed RequestInTheFuture SignatureDoesNotMatch InvalidSignatureException'],
      // What a region that is switched off answers looks like bad credentials; each protocol has its own code.
      // https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
      [
        'region-not-usable',
        'AuthFailure UnrecognizedClientException InvalidClientTokenId InvalidClientTokenIdException',
      ],
      ['region-not-usable', 'RegionDisabledException OptInRequired'],
      ['no-credentials', 'CredentialsProviderError TokenProviderError'],
      ['session-policy-too-large', 'PackedPolicyTooLargeException PackedPolicyTooLarge'],
      ['session-policy-refused', 'MalformedPolicyDocumentException MalformedPolicyDocument'],
      ['network', 'TimeoutError RequestTimeout RequestTimeoutException'],
      ['service-error', 'InternalError InternalFailure ServiceUnavailable Unavailable ServiceException'],
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
      ['group-not-found', 'InvalidGroup.NotFound'],
    ] as const
  ).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind])),
);

const NETWORK =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|EADDR|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

export type Facts = { readonly name: string; readonly message: string; readonly code: string; readonly status: number };

export function factsOf(error: unknown): Facts {
  const { name, message, code, $metadata } = (error ?? {}) as { [field: string]: unknown };
  const status = ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : '',
    code: typeof code === 'string' ? code : '',
    status: typeof status === 'number' ? status : 0,
  };
}

export function kindOf({ name, code, status }: Facts): Kind {
  // IAM says with this name that a quota is used up, which no waiting mends; Security Hub says "too many" (429).
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html#API_CreateAccountAlias_Errors
  if (name === 'LimitExceededException' && status === 409) return 'aws-error';
  if (Object.hasOwn(NAMES, name)) return NAMES[name] ?? 'aws-error';
  if (NETWORK.test(code)) return 'network';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'service-error' : 'aws-error';
}

export function isThrottling(error: unknown): boolean {
  return kindOf(factsOf(error)) === 'throttled';
}

export function isExpired(error: unknown): boolean {
  return kindOf(factsOf(error)) === 'credentials-expired';
}
