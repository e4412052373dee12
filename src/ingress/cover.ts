/**
 * Which are the fewest rules that let exactly these slices through?
 *
 * A rule is a shape (see `express.ts`) for a network. The shapes of one peer are disjoint, they grow as a network
 * shrinks, and networks nest. Hence what a peer has as the shape S can only be covered by a rule with the shape S, for a
 * network in which everybody has S: the largest such network serves best. The fewest rules are these largest networks,
 * for every peer and each of its shapes, each counted once.
 */
import { protocolAt, type Shape, TCP, UDP } from './axis.ts';
import type { Expressed } from './express.ts';
import { contains, intersect, overlaps, type Point, type RangeSet, subtract, unionOf } from './ranges.ts';
import { join } from './remembered.ts';
import type { Network } from './space.ts';

/** Peers that keep the same traffic. */
export type Kept<P extends Point> = Expressed & { readonly where: RangeSet<P> };

export type Layout<P extends Point> = {
  /** The ranges that a network must lie in: a replacement is never wider than what it replaces. */
  readonly roots: readonly RangeSet<P>[];
  readonly networks: (where: RangeSet<P>) => readonly Network<P>[];
  /** The original's own peers, where all of them keep the shape and one reference names them. */
  readonly whole: (shape: Shape) => Network<P> | undefined;
};

/** A rule of the cover. */
export type Piece<P extends Point> = Network<P> & { readonly shape: Shape };

/** More places than there are, so that two of them make one number. */
const TWICE_THE_AXIS = 2 ** 25;

export function cover<P extends Point>(slices: readonly Kept<P>[], layout: Layout<P>): readonly Piece<P>[] {
  const pieces = [...distinct(slices)].flatMap((shape) =>
    networksFor(shape, slices, layout).map(({ peer, where }) => ({ peer, where, shape })),
  );
  return pieces
    .map((piece) => trim(piece, pieces))
    .sort((a, b) => a.shape.start - b.shape.start || a.shape.end - b.shape.end);
}

function distinct<P extends Point>(slices: readonly Kept<P>[]): Iterable<Shape> {
  const found = new Map<number, Shape>();
  for (const { shapes } of slices)
    for (const shape of shapes) found.set(shape.start * TWICE_THE_AXIS + shape.end, shape);
  return found.values();
}

function alike(a: Shape, b: Shape): boolean {
  return a.start === b.start && a.end === b.end;
}

function networksFor<P extends Point>(
  shape: Shape,
  slices: readonly Kept<P>[],
  layout: Layout<P>,
): readonly Network<P>[] {
  const whole = layout.whole(shape);
  if (whole) return [whole];
  const needed = placesWith(slices, ({ shapes }) => shapes.some((one) => alike(one, shape)));
  const possible = placesWith(slices, ({ kept }) => contains(kept, [shape.start, shape.end]));
  return layout.roots
    .flatMap((root) => layout.networks(contains(root, possible) ? possible : intersect(possible, root)))
    .filter(({ where }) => overlaps(where, needed));
}

function placesWith<P extends Point>(slices: readonly Kept<P>[], holds: (slice: Kept<P>) => boolean): RangeSet<P> {
  return join(slices.filter(holds).map(({ where }) => where));
}

/**
 * Takes from the ends of a range of ports what rules for larger networks let through already: `22 from 10.0.0.0/8`
 * beside `0-21 and 23-65535 from anywhere`, where all ports from 10.0.0.0/8 would let through the same.
 */
function trim<P extends Point>(piece: Piece<P>, all: readonly Piece<P>[]): Piece<P> {
  const { start, end } = piece.shape;
  const protocol = protocolAt(start);
  if (protocol !== protocolAt(end - 1) || (protocol !== TCP && protocol !== UDP)) return piece;
  const larger = all.filter(
    ({ where }) => where !== piece.where && contains(where, piece.where) && !contains(piece.where, where),
  );
  if (larger.length === 0) return piece;
  const needed = subtract([start, end], unionOf(larger.map(({ shape }) => [shape.start, shape.end])));
  return { ...piece, shape: { start: needed[0] ?? start, end: needed.at(-1) ?? end } };
}
