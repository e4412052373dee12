/** Keeps temporary credentials fresh: fetched once for everybody, and again shortly before they expire. */
import type { Credentials, Identity } from './clients.ts';

const AHEAD_MS = 5 * 60_000;

export type Fresh = {
  /** For SDK clients: the current credentials. */
  readonly credentials: Credentials;
  /** Fetches new ones whatever the clock says. Whoever asks while that is under way waits for the same ones. */
  renew(): Promise<void>;
};

export function keepFresh(fetch: () => Promise<Identity>, first?: Identity): Fresh {
  let identity = first;
  let renewal: Promise<Identity> | undefined;

  function renew(): Promise<Identity> {
    renewal ??= fetch()
      .then((fetched) => {
        identity = fetched;
        return fetched;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  }

  async function credentials(): Promise<Identity> {
    return identity && !expiresSoon(identity) ? identity : renew();
  }

  return {
    credentials: Object.assign(credentials, { memoized: true }),
    renew: async () => {
      await renew();
    },
  };
}

function expiresSoon({ expiration }: Identity): boolean {
  return expiration !== undefined && expiration.getTime() - Date.now() < AHEAD_MS;
}
