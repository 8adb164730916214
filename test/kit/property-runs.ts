// How many cases a property is tried with.

/**
 * `whole` in `npm test`; a tenth, and 20 at least, where PROPERTY_RUNS is `few`, as `npm run test:unit`
 * sets it: whoever runs that after each change wants an answer within seconds.
 */
export function runs(whole: number): number {
  const isShort = process.env['PROPERTY_RUNS'] === 'few';
  return isShort ? Math.min(whole, Math.max(20, Math.ceil(whole / 10))) : whole;
}
