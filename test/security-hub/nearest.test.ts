import { expect, it } from 'vitest';
import { nearestControl } from '../../src/resources/security-hub-control/nearest.ts';

const KNOWN = ['IAM.1', 'IAM.6', 'IAM.19', 'IAM.28', 'EC2.13', 'KMS.1', 'CloudFront.1'];

it.each([
  ['IAM.66', 'IAM.6'],
  ['IAM.91', 'IAM.19'],
  ['iam.6', 'IAM.6'],
  ['IMA.6', 'IAM.6'],
  ['CloudFrnt.1', 'CloudFront.1'],
  ['IAM.999', undefined],
  ['IAM.18', 'IAM.1'],
  ['Cloudfront.7', undefined],
  ['Xyz.1', undefined],
])('%s was meant as %s', (id, meant) => expect(nearestControl(id, KNOWN)).toBe(meant));
