/** Is this the name of a region of AWS, and if not, which was probably meant? */
import { findNearest } from './nearest.ts';

/** Those there are when this was written; new ones appear several times a year, so that one that is missing is no mistake. */
export const KNOWN_REGIONS: readonly string[] = [
  ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1'],
  ...['ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5'],
  ...['ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'cn-north-1', 'cn-northwest-1', 'eu-central-1'],
  ...[
    'eu-central-2',
    'eu-north-1',
    'eu-south-1',
    'eu-south-2',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'eusc-de-east-1',
  ],
  ...['il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1', 'sa-east-1', 'us-east-1', 'us-east-2'],
  ...['us-gov-east-1', 'us-gov-west-1', 'us-west-1', 'us-west-2'],
];

/**
 * A place in letters, where in it by the compass, and a number. AWS has named no region otherwise.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const REGION = /^[a-z]{2,5}(?:-[a-z]{2,4})?-(?:central|(?:north|south)(?:east|west)?|east|west)-[1-9]\d?$/;

/** What is wrong with it, as a sentence without the name; undefined for a name that AWS may give. */
export function regionProblem(text: string): { readonly message: string; readonly advice?: string } | undefined {
  return REGION.test(text) ? undefined : { message: 'a region looks like "eu-west-1"', ...nearestRegion(text) };
}

/** What to be told of a name that AWS may give, and has not as far as this version knows. */
export function unknownRegion(text: string): { readonly message: string; readonly advice?: string } | undefined {
  if (KNOWN_REGIONS.includes(text) || regionProblem(text)) return undefined;
  const { advice = 'see which there are: aws ec2 describe-regions --all-regions' } = nearestRegion(text);
  return { message: `this version knows no region "${text}"`, advice };
}

function nearestRegion(text: string): { readonly advice?: string } {
  const nearest = findNearest(text, KNOWN_REGIONS);
  return nearest === undefined ? {} : { advice: `did you mean "${nearest}"?` };
}
