// Starting several parts of which each may need the ones before: all run, or none does. Knows none
// of them.

/** Ends one part; called once. */
type End = () => Promise<unknown>;

export interface Together<Parts> {
  readonly parts: Parts;
  /** Ends every part, the last one first. */
  readonly stop: () => Promise<void>;
}

/**
 * Runs `start`, which tells `started` how to end each part as soon as it runs. When `start` rejects,
 * what runs by then is ended, and this rejects with the same error.
 */
export async function startTogether<Parts>(
  start: (started: (end: End) => void) => Promise<Parts>,
): Promise<Together<Parts>> {
  const ends: End[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const parts = await start((end) => {
      ends.push(end);
    });
    return { parts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
