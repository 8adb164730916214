// Forms that no rule leads back to their base.

const forms = `
child children; man men; woman women; foot feet; tooth teeth; mouse mice; goose geese; ox oxen;
leaf leaves; life lives; knife knives; wife wives; wolf wolves; half halves; shelf shelves; loaf loaves;
potato potatoes; tomato tomatoes; hero heroes; bacterium bacteria; datum data; criterion criteria;
phenomenon phenomena; analysis analyses; crisis crises; thesis theses; axis axes; diagnosis diagnoses;
index indices indexes; matrix matrices; vertex vertices; appendix appendices; medium media; virus viruses;
cactus cacti; fungus fungi; nucleus nuclei; syllabus syllabi;
buy bought; bring brought; build built; begin began begun; break broke broken; catch caught;
choose chose chosen; come came; cut cutting; do did done; draw drew drawn; drink drank drunk;
drive drove driven; eat ate eaten; fall fell fallen; feel felt; fight fought; find found; fly flew flown;
forget forgot forgotten; freeze froze frozen; get got gotten getting; give gave given; go went gone; grow grew grown;
hear heard; hide hid hidden; hold held; keep kept; know knew known; lead led; leave left; lend lent;
lose lost; make made; mean meant; meet met; pay paid; put putting; read; ride rode ridden; ring rang rung;
rise rose risen; run ran running; say said; see saw seen; sell sold; send sent; set setting; shake shook shaken;
shine shone; shoot shot; show shown; shut shutting; sing sang sung; sink sank sunk; sit sat sitting; sleep slept; speak spoke spoken;
spend spent; stand stood; steal stole stolen; swim swam swum swimming; take took taken; teach taught;
tear tore torn; tell told; think thought; throw threw thrown; understand understood; wake woke woken;
wear wore worn; win won winning; write wrote written; die died dying; lie lying lied; tie tied tying; dye dyed dyeing;
quit quitting; stop stopped stopping; plan planned planning; drop dropped dropping; shop shopped shopping;
`;

/** The base of each form that has an odd one. */
export const irregularForms: ReadonlyMap<string, string> = new Map(
  forms.split(';').flatMap((entry) => {
    const [base = '', ...odd] = entry.trim().split(/\s+/);
    return odd.map((form) => [form, base] as const);
  }),
);

/** Ends in `s` or the like, and is the base itself. */
export const unchanged: ReadonlySet<string> = new Set(
  `always perhaps news series species physics mathematics politics economics ethics athletics gas bus
  lens atlas canvas pancreas diabetes measles mumps rabies christmas us texas kansas arkansas illinois
  paris athens brussels naples wales thames process access success address press class glass grass mass
  pass loss boss cross dress stress fitness business illness wellness happiness kindness less unless
  during morning evening ceiling string king ring spring thing bring sing wing nothing something anything
  everything pudding wedding building meaning bed red need seed feed speed weed breed bleed indeed
  hundred sacred naked wicked bus plus bonus status campus focus census corpus consensus chorus genius
  james jesus windows kubernetes jenkins redis postgres pandas keras aws dns https css ios macos sass
  numpy scissors trousers pants jeans glasses headquarters means analysis basis crisis oasis emphasis
  tennis penis iris debris iraqi this his is was has does as yes express progress congress actress princess
  training meeting setting settings parking clothing housing shopping banking booking marketing accounting
  engineering gardening fishing hunting painting drawing programming networking hearing spelling landing
  screening lighting wiring flooring boxing cycling camping dating trading mining farming dressing finding
  rating opening closing warning missing following leading heading casting mapping rendering pricing
  fencing planning timing bearing blessing crossing filling greeting lining offering packing roofing
  savings earnings goods customs arms premises manners contents shorts saying siding stuffing surfing
  used united limited advanced mixed beloved gifted learned
  canvas pus sinus lotus venus mars uranus opus apparatus sing ping king swing sling cling fling`
    .trim()
    .split(/\s+/),
);
