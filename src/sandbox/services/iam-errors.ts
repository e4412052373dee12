/** How IAM says that something is not there, or not as it must be. https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
import { ServiceError } from '../errors.ts';

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, 404);
}

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', `1 validation error detected: ${message}`);
}
