// Words of which one may stand for the other in nearly every question. What has a second meaning
// that could be asked for in the same sentence is left out (an array is no list, a speed no
// velocity): a missed hit costs one request, a false one gives the answer to another question.

/** Groups parted by semicolons, in base forms; the first word names its group. */
const groups = `
enable activate; disable deactivate; setup configure; delete remove erase; buy purchase; begin start commence;
end finish; fix repair mend; help assist; show display; choose select pick; find locate;
create make; build construct; modify alter change edit; improve enhance; reduce lower decrease lessen;
increase raise; expand enlarge; extend prolong lengthen; replace substitute; reboot restart;
check verify; merge combine; split divide; copy duplicate; explain clarify;
summarize summarise summary; answer reply respond; calculate compute; convert transform turninto;
require need; allow permit; forbid prohibit ban; prevent avoid; continue proceed; get obtain;
keep retain; throw toss; hire recruit; resign quit; happen occur; contain include; own possess;
repay reimburse; cook prepare; clean wash; unclog unblock; chop cut; close shut; examine inspect;
execute run; compress zip; decompress unzip; stop halt; travel journey;
define declare; report notify; rain rainfall; vary differ difference; speak talk;
write author; direct director; invent inventor; discover discoverer; compose composer; paint painter;
big large huge; small little tiny; fast quick rapid; cheap inexpensive affordable;
expensive costly pricey; free complimentary; rich wealthy; difficult hard tough; easy simple;
important crucial essential vital; dangerous hazardous unsafe; correct right; wrong incorrect;
happy glad; sad unhappy; angry mad; afraid scared frightened; tired exhausted; calm relax;
famous renowned wellknown; strange weird; funny humorous; clever smart intelligent; quiet silent;
loud noisy; legal lawful; illegal unlawful; ill sick; average mean;
yearly annual annually; often frequent frequently; rare seldom;
car automobile; bike bicycle; truck lorry; plane airplane aeroplane; phone telephone;
cellphone smartphone; laptop notebook; pc computer; tv television; movie film;
photo picture photograph pic; kid child; baby infant; doctor physician; lawyer attorney;
teacher instructor; boss manager; coworker colleague; employee worker; job occupation; salary wage;
company firm corporation; shop store; couch sofa; trash garbage rubbish; subway metro;
petrol gasoline gas; holiday vacation; autumn fall; illness disease sickness; medicine medication;
cure remedy; symptom sign; fee charge; price cost; advantage benefit pro; disadvantage con drawback downside;
risk hazard; aim goal objective; purpose function; error fault; bug defect; method technique;
example instance; component part; element item; beginner novice newbie; customer client;
directory folder; dictionary dict; integer int; database db; repository repo; application app;
website site webpage; internet web; password passcode; screen monitor;
street road; nation country; cosmos universe; dinner supper; biscuit cookie; parcel package;
delivery shipping shipment; exam examination; workout exercise; stomach belly tummy; soil dirt;
elevator lift; pavement sidewalk; rock stone; duty responsibility; skill ability; tip advice;
abroad overseas; flight airfare; mistake blunder; outcome result; effect impact;
color colour; tire tyre; gray grey; center centre; meter metre; liter litre; theater theatre;
favorite favourite; program programme; license licence; organization organisation; analyze analyse;
watercolor watercolour; mac macos; wifi wireless; 2fa twofactor; js javascript;
ts typescript; k8s kubernetes; postgres postgresql; usa us america; uk britain; covid coronavirus;
skillet fryingpan; aubergine eggplant; zucchini courgette; cilantro coriander; diaper nappy;
mom mum mother; dad father; grandma grandmother; grandpa grandfather; spouse partner; jail prison;
resume cv; apartment flat; faucet tap; flashlight torch; mailbox letterbox; pharmacy drugstore;
physics physic; mathematics math maths; ai artificialintelligence; ml machinelearning
`;

/** The name of the group of each word that has one. */
export const synonyms: ReadonlyMap<string, string> = new Map(
  groups.split(';').flatMap((group) => {
    const words = group.trim().split(/\s+/);
    return words.map((word) => [word, words[0] ?? word] as const);
  }),
);

/** Every word of every group, in order, for a test that none stands in two. */
export const synonymWords: readonly string[] = groups.split(/[;\s]+/).filter((word) => word !== '');
