/**
 * S3's control API, as far as the account's block of public access.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
 */
import { RefusedError, ServiceError } from '../errors.ts';
import type { Action, Call, Service } from '../service.ts';
import { flag, text } from '../wire/fields.ts';
import { restXmlProtocol } from '../wire/rest-xml-protocol.ts';
import { BLOCKS } from '../world/setting-names.ts';
import type { AccountSettings, PublicAccessBlock } from '../world/settings.ts';

const PATH = '/v20180820/configuration/publicAccessBlock';

export const s3Control: Service = {
  name: 's3-control',
  protocol: restXmlProtocol('http://awss3control.amazonaws.com/doc/2018-08-20/', {
    [`GET ${PATH}`]: 'GetPublicAccessBlock',
    [`PUT ${PATH}`]: 'PutPublicAccessBlock',
    [`DELETE ${PATH}`]: 'DeletePublicAccessBlock',
  }),
  // The account's block is the same everywhere, and is asked for where no region can be switched off.
  regional: false,
  actions: {
    GetPublicAccessBlock: onAccount('s3:GetAccountPublicAccessBlock', get),
    PutPublicAccessBlock: onAccount('s3:PutAccountPublicAccessBlock', put),
    DeletePublicAccessBlock: onAccount('s3:PutAccountPublicAccessBlock', remove),
  },
};

function onAccount(action: string, run: (settings: AccountSettings, call: Call) => object): Action {
  return {
    needs: () => [{ action, resource: '*' }],
    run(call) {
      if (text(call.input, 'AccountId') !== call.account.id) throw new RefusedError('denied', 'Access Denied');
      return run(call.world.settings.of(call.account.id), call);
    },
  };
}

function get({ publicAccessBlock }: AccountSettings): object {
  if (publicAccessBlock) return { PublicAccessBlockConfiguration: publicAccessBlock };
  const message = 'The public access block configuration was not found';
  throw new ServiceError('NoSuchPublicAccessBlockConfiguration', message, 404);
}

/** The whole configuration: a block that is not sent is off. */
function put(settings: AccountSettings, { input }: Call): object {
  settings.publicAccessBlock = Object.fromEntries(
    BLOCKS.map((block) => [block, flag(input, block)]),
  ) as PublicAccessBlock;
  return {};
}

function remove(settings: AccountSettings): object {
  settings.publicAccessBlock = undefined;
  return {};
}
