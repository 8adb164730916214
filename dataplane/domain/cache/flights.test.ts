import { expect, test } from '@jest/globals';
import { Flights, type Boarding } from './flights.ts';

/** Timers that run out when the test says so. */
function fixture(): {
  flights: Flights<string>;
  runOut: (milliseconds: number) => void;
  pending: () => number;
} {
  const timers = new Set<{ readonly milliseconds: number; readonly call: () => void }>();
  const flights = new Flights<string>((milliseconds, call) => {
    const timer = { milliseconds, call };
    timers.add(timer);
    return () => timers.delete(timer);
  });
  return {
    flights,
    pending: () => timers.size,
    runOut: (milliseconds) => {
      for (const timer of timers) if (timer.milliseconds === milliseconds) timer.call();
    },
  };
}

function leader(boarding: Boarding<string>): { land: (answer: string | undefined) => void } {
  if (boarding.kind !== 'leads') throw new Error('waits');
  return boarding.flight;
}

function waiter(boarding: Boarding<string>): Promise<string | undefined> {
  if (boarding.kind !== 'waits') throw new Error('leads');
  return boarding.answer;
}

test('the first leads, the others get what it brings', async () => {
  const { flights, pending } = fixture();
  const flight = leader(flights.board('k', 10));
  const others = [waiter(flights.board('k', 10)), waiter(flights.board('k', 10))];
  leader(flights.board('other', 10)).land(undefined);
  flight.land('answer');
  expect(await Promise.all(others)).toEqual(['answer', 'answer']);
  expect([flights.size, pending()]).toEqual([0, 0]);
});

test('where the first brings nothing the others go on by themselves', async () => {
  const { flights } = fixture();
  const flight = leader(flights.board('k', 10));
  const other = waiter(flights.board('k', 10));
  flight.land(undefined);
  expect(await other).toBeUndefined();
  leader(flights.board('k', 10)).land(undefined);
});

test('nobody waits longer than it said', async () => {
  const { flights, runOut } = fixture();
  const flight = leader(flights.board('k', 10));
  const other = waiter(flights.board('k', 10));
  runOut(10);
  expect(await other).toBeUndefined();
  flight.land('late');
  expect(flights.size).toBe(0);
});

test('a flight that landed takes nobody more, and lands once', () => {
  const { flights } = fixture();
  const first = leader(flights.board('k', 10));
  first.land('a');
  const second = leader(flights.board('k', 10));
  first.land('b');
  expect(flights.size).toBe(1);
  second.land(undefined);
  expect(flights.size).toBe(0);
});

test('a flight of which nobody hears is given up', async () => {
  const { flights, runOut } = fixture();
  leader(flights.board('k', 10));
  const other = waiter(flights.board('k', 10));
  runOut(600_000);
  expect(await other).toBeUndefined();
  expect(flights.size).toBe(0);
});
