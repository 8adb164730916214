// Signals about the time of day, in the time zone that a rule names. It knows no clock.
import type { TimeRule } from '../../../config/schema/index.ts';
import { weekdays } from '../../../config/schema/signals.ts';
import { truth, type SignalValue } from '../signal-values.ts';

const minutesOfDay = 1440;

interface Window {
  /** Days on which it begins, as `Date` counts them. */
  readonly days: ReadonlySet<number>;
  /** Minutes since midnight; the end is excluded, and is beyond a day where it lies on the next. */
  readonly from: number;
  readonly to: number;
}

/** A function of milliseconds since the epoch. Throws on a time zone that nobody knows. */
export function compileTimeRule({ timezone, windows }: TimeRule): (nowMs: number) => SignalValue {
  const compiled = windows.map(compileWindow);
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  // Asking for the local time takes some microseconds, and the answer holds for a minute.
  let knownMinute = Number.NaN;
  let known = truth(false);
  return (nowMs) => {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== knownMinute) {
      const local = localTime(format, nowMs);
      known = truth(compiled.some((window) => isWithin(window, local)));
      knownMinute = minute;
    }
    return known;
  };
}

function compileWindow({ days, from, to }: TimeRule['windows'][number]): Window {
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const names = days.length === 0 ? weekdays : days;
  return {
    days: new Set(names.map((day) => weekdays.indexOf(day))),
    from: begin,
    to: end > begin ? end : end + minutesOfDay,
  };
}

function minutesOf(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

interface LocalTime {
  readonly day: number;
  readonly minutes: number;
}

function localTime(format: Intl.DateTimeFormat, nowMs: number): LocalTime {
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  return {
    day: weekdays.findIndex((day) => day === parts.get('weekday')?.toLowerCase()),
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

function isWithin({ days, from, to }: Window, { day, minutes }: LocalTime): boolean {
  if (days.has(day) && minutes >= from && minutes < to) return true;
  // A window of the day before that reaches into this one.
  return days.has((day + 6) % 7) && minutes + minutesOfDay < to;
}
