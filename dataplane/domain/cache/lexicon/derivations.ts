// Nouns that say what their verb says: the renewal of a passport is renewing it. Listed by hand, since
// no rule parts them from pairs that differ (employ and employment, state and station).

/** Each with its verb, base forms. */
const pairs = `
renewal renew; removal remove; arrival arrive; approval approve; refusal refuse; denial deny;
dismissal dismiss; survival survive; withdrawal withdraw; disposal dispose; burial bury;
installation install; configuration configure; creation create; deletion delete; calculation calculate;
conversion convert; translation translate; explanation explain; description describe; definition define;
comparison compare; cancellation cancel; registration register; verification verify; activation activate;
deactivation deactivate; authentication authenticate; authorization authorize; encryption encrypt;
decryption decrypt; compression compress; migration migrate; implementation implement; optimization optimize;
integration integrate; validation validate; generation generate; preparation prepare; prevention prevent;
protection protect; reduction reduce; production produce; introduction introduce; connection connect;
selection select; collection collect; correction correct; detection detect; extraction extract;
invention invent; discovery discover; recovery recover; delivery deliver; repetition repeat; completion complete;
improvement improve; management manage; measurement measure; payment pay; replacement replace;
treatment treat; development develop; adjustment adjust; establishment establish; announcement announce;
performance perform; maintenance maintain; resistance resist; existence exist; growth grow; loss lose;
birth born; death die; choice choose; sale sell; proof prove; analysis analyze; diagnosis diagnose; use usage;
evaporation evaporate; condensation condense; digestion digest; respiration respire; evolution evolve;
combination combine; separation separate; application apply; immigration immigrate; simplification simplify
`;

/** The verb of each noun. */
export const derivations: ReadonlyMap<string, string> = new Map(
  pairs.split(';').map((pair) => {
    const [noun = '', verb = ''] = pair.trim().split(/\s+/);
    return [noun, verb] as const;
  }),
);
