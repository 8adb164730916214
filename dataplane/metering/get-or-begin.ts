/** The value under `key`, made and kept when there is none yet. */
export function getOrBegin<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  begin: (key: Key) => Value,
): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = begin(key);
    map.set(key, value);
  }
  return value;
}
