/** The terminal as a person meets it: the bar, questions and their answers, colour, width, Ctrl-C. */
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openStreams, openTerminal, type Surroundings } from '../../src/terminal.ts';

const ERASE = '\r\u001b[2K';

class Screen extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 77;

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    this.text += text;
    done();
  }
}

function open(terminal: boolean, env: { readonly [name: string]: string } = {}, quiet = false) {
  const listeners = new Map<string, (code: number) => void>();
  const ends: number[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal });
  const [stdout, stderr] = [new Screen(terminal), new Screen(terminal)];
  const around: Surroundings = {
    stdin,
    stdout,
    stderr,
    env,
    on: (event: string, listener: (code: number) => void) => listeners.set(event, listener),
    exit: (code) => ends.push(code),
  };
  return { io: openTerminal(around, openStreams(around), { quiet }), around, stdin, stdout, stderr, ends, listeners };
}

describe('progress', () => {
  it('is a bar on a terminal, which makes place for what is said and goes when all is done', () => {
    const { io, stderr, stdout } = open(true);
    io.progress('reading', 1, 2);
    expect(stderr.text).toBe(`${ERASE}reading ${'█'.repeat(12)}${'░'.repeat(12)} 1/2`);
    io.say('a note');
    expect(stderr.text.slice(-7 - ERASE.length)).toBe(`${ERASE}a note\n`);
    io.progress('reading', 2, 2);
    expect(stderr.text.endsWith(ERASE)).toBe(true);
    io.result('the plan');
    expect(stdout.text).toBe('the plan\n');
  });

  it('is nothing in a log while the work is quick', () => {
    const { io, stderr } = open(false);
    io.progress('reading', 1, 2);
    expect(stderr.text).toBe('');
  });

  it('and notes are not told with --quiet; the result is', () => {
    const { io, stdout, stderr } = open(true, {}, true);
    io.progress('reading', 1, 2);
    io.say('a note');
    io.result('the plan');
    expect([stdout.text, stderr.text]).toEqual(['the plan\n', '']);
  });
});

describe('a question', () => {
  it('is asked on stderr, and answered', async () => {
    const { io, stdin, stdout, stderr } = open(true);
    const answer = io.ask('Apply? ');
    stdin.write('yes\n');
    expect([io.canAsk, await answer, stdout.text]).toEqual([true, 'yes', '']);
    expect(stderr.text).toContain('Apply? ');
  });

  it('has no answer where nobody is', async () => {
    const { io } = open(false);
    expect([io.canAsk, await io.ask('Apply? ')]).toEqual([false, undefined]);
  });

  it('that is interrupted is answered with nothing', async () => {
    const { io, listeners } = open(true);
    const answer = io.ask('Apply? ');
    listeners.get('SIGTERM')?.(15);
    expect([await answer, io.signal.aborted]).toEqual(['', true]);
  });
});

it.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('on a terminal: %s, with %j there is colour: %s', (terminal, env, colour) => {
  expect(open(terminal, env).io.colour).toBe(colour);
});

it('is as wide as stdout is', () => {
  expect(open(true).io.width).toBe(77);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s stops the run, and says that what is in flight is finished first; a second one ends it',
  (signal) => {
    const { io, listeners, stderr, ends } = open(false);
    expect(io.signal.aborted).toBe(false);
    listeners.get(signal)?.(0);
    expect([io.signal.aborted, ends]).toEqual([true, []]);
    expect(stderr.text).toContain('the call in flight is finished and recorded first');
    listeners.get(signal)?.(0);
    expect(ends).toEqual([130]);
  },
);
