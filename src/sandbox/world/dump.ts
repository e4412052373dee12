/** The whole world as JSON: two dumps are equal exactly if nothing that AWS would show has changed. */
import type { Hub } from './hub.ts';
import type { Account, Place, Tags, World } from './world.ts';

export function dumpWorld(world: World) {
  return {
    organization: { ...world.organization, units: [...world.organization.units.values()] },
    configurationPolicies: [...world.hubs.policies.all.values()].map(({ targets, ...policy }) => ({
      ...policy,
      targets: [...targets],
    })),
    accounts: Object.fromEntries([...world.accounts].map(([id, account]) => [id, dumpAccount(world, account)])),
  };
}

function dumpAccount({ settings, hubs }: World, account: Account) {
  const { id, name, email, state, parent, aliases } = account;
  return {
    ...{ id, name, email, state, parent, aliases },
    tags: dumpTags(account.tags),
    passwordPolicy: account.passwordPolicy ?? null,
    settings: settings.of(id),
    roles: Object.fromEntries(
      [...account.roles].map(([role, { policies, trust }]) => [role, dumpPolicies(trust.text, policies)]),
    ),
    regions: Object.fromEntries(
      [...account.regions].map((region) => [
        region,
        {
          ...dumpPlace(account.place(region)),
          settings: settings.in(id, region),
          securityHub: dumpHub(hubs.in(id, region)),
        },
      ]),
    ),
  };
}

function dumpPolicies(trust: string, policies: ReadonlyMap<string, { readonly text: string }>) {
  return { trust, policies: Object.fromEntries([...policies].map(([name, { text }]) => [name, text])) };
}

function dumpPlace({ vpcs, groups, interfaces, prefixLists }: Place) {
  return {
    vpcs: [...vpcs.values()].map((vpc) => ({ ...vpc, tags: dumpTags(vpc.tags) })),
    groups: [...groups.values()].map((group) => ({
      ...group,
      tags: dumpTags(group.tags),
      rules: [...group.rules].map((rule) => ({ ...rule, tags: dumpTags(rule.tags) })),
    })),
    interfaces: [...interfaces.values()].map((item) => ({ ...item, tags: dumpTags(item.tags) })),
    prefixLists: [...prefixLists.values()].map((list) => ({ ...list, tags: dumpTags(list.tags) })),
  };
}

function dumpHub(hub: Hub) {
  const { subscriptions, associations, parameters, unprocessed, ...facts } = hub;
  const maps = { subscriptions, associations, parameters, unprocessed };
  return {
    ...facts,
    ...Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, Object.fromEntries(map)])),
  };
}

function dumpTags(tags: Tags) {
  return Object.fromEntries(tags);
}
