// Numbers as words and numerals, and units of measure.

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety';
const ordinals =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth';

/** Values of words that stand for a number by themselves. */
export const numberWords: ReadonlyMap<string, number> = new Map([
  ...small.split(' ').map((word, value) => [word, value] as const),
  ...tens.split(' ').map((word, index) => [word, (index + 2) * 10] as const),
  ...ordinals.split(' ').map((word, value) => [word, value] as const),
  ['half', 0.5],
  ['quarter', 0.25],
  ['dozen', 12],
  ['once', 1],
  ['twice', 2],
  ['thrice', 3],
  ['double', 2],
  ['triple', 3],
]);

export const multipliers: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
  ['trillion', 1_000_000_000_000],
]);

/** Numerals that are no word of their own; `I`, `V` and `X` are left to their neighbours. */
export const romanNumerals: ReadonlyMap<string, number> = new Map(
  'ii iii iv vi vii viii ix xi xii xiii xiv xv xvi xvii xviii xix xx xxi'
    .split(' ')
    .map((word, index) => [
      word,
      [2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21][index] ?? 0,
    ]),
);

/** Units under one name each. */
export const units: ReadonlyMap<string, string> = new Map(
  `km kms kilometer kilometers kilometre kilometres; mile miles mi; m meter meters metre metres;
  cm centimeter centimeters centimetre centimetres; mm millimeter millimeters millimetre millimetres;
  inch inches; ft foot feet; yard yards yd; kg kilo kilos kilogram kilograms; g gram grams gramme grammes;
  mg milligram milligrams; lb lbs pound pounds; oz ounce ounces; ton tons tonne tonnes; stone;
  l liter liters litre litres; ml milliliter milliliters millilitre millilitres; gallon gallons;
  pint pints; cup cups; tablespoon tablespoons tbsp; teaspoon teaspoons tsp; quart quarts;
  c celsius centigrade; f fahrenheit; kelvin; second seconds sec secs; minute minutes min mins;
  hour hours hr hrs; day days; week weeks; month months; year years yr yrs; decade decades;
  century centuries; dollar dollars usd $; euro euros eur €; gbp £; yen jpy ¥; rupee rupees inr ₹;
  cent cents; percent % pct percentage; degree degrees °; bit bits; byte bytes; kb kilobyte kilobytes;
  mb megabyte megabytes; gb gigabyte gigabytes; tb terabyte terabytes; kib; mib; gib; mph; kmh kph;
  hz hertz; khz; mhz; ghz; watt watts w; kw kilowatt kilowatts; kwh; volt volts v; amp amps ampere amperes;
  calorie calories kcal cal; joule joules; acre acres; hectare hectares; radian radians; px pixel pixels`
    .split(';')
    .flatMap((group) => {
      const names = group.trim().split(/\s+/);
      return names.map((name) => [name, names[0] ?? name] as const);
    }),
);

/** Letters that are units behind a number alone. */
export const unitsBehindNumbers: ReadonlySet<string> = new Set([
  'm',
  'g',
  'l',
  'c',
  'f',
  'v',
  'w',
  'mi',
  'min',
  'sec',
  'second',
  'stone',
  'cal',
  'cup',
  'foot',
  'kilo',
  'pound',
  'bit',
  'degree',
]);
