/** Joins what concurrent work reports into one stream that a single reader follows. */
export type Channel<Item> = { push(item: Item): void; end(): void; items(): AsyncGenerator<Item> };

export function openChannel<Item>(): Channel<Item> {
  const waiting: Item[] = [];
  let ended = false;
  let wake = (): void => {};
  return {
    push(item) {
      waiting.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *items() {
      for (;;) {
        for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) yield item;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
