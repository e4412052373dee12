/**
 * Is this an id that EC2 gives? A prefix and 17 hexadecimal digits, or 8 where it is older: one digit more or less is a
 * slip of the hand, and names nothing. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
 */

/** @param prefix a regular expression, e.g. `sg` */
export function idPattern(prefix: string): RegExp {
  return new RegExp(`^(?:${prefix})-(?:[0-9a-f]{8}|[0-9a-f]{17})$`);
}

export const ID_DIGITS = '17 hexadecimal digits, or 8, in small letters';
