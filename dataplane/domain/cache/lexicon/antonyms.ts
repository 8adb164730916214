// Words that turn a question round, or into its neighbour: the pairs that embeddings take for
// paraphrases. Each is in its base form; synonyms of both sides count too.
const listed = `
enable disable; open close; open shut; start stop; begin end; start end; add delete; add subtract;
insert delete; install uninstall; lock unlock; mute unmute; mount unmount; attach detach;
connect disconnect; include exclude; import export; upload download; encode decode; encrypt decrypt;
compress decompress; serialize deserialize; assemble disassemble; pack unpack; load unload;
push pull; send receive; give take; give receive; buy sell; lend borrow; hire dismiss; hire fire;
employ dismiss; accept reject; accept decline; accept refuse; approve reject; allow forbid;
allow deny; grant revoke; permit deny; agree disagree; like dislike; love hate; trust distrust;
increase reduce; rise fall; grow shrink; expand shrink; expand contract; gain lose; win lose;
earn spend; save spend; deposit withdraw; invest divest; pass fail; succeed fail; multiply divide;
freeze thaw; freeze melt; heat cool; boil freeze; fill empty; appear disappear; arrive depart;
arrive leave; enter exit; enter leave; join leave; follow unfollow; subscribe unsubscribe; block allow;
block unblock; show hide; reveal hide; find lose; remember forget; wake sleep; sit stand; live die;
laugh cry; push release; hold release; tie untie; zip unzip; dress undress; wrap unwrap; build destroy;
create delete; create destroy; strengthen weaken; tighten loosen; lengthen shorten; widen narrow;
accelerate decelerate; ascend descend; climb descend; attack defend; borrow repay; marry divorce;
teach learn; ask answer; login logout; signup logout; encourage discourage; help hinder; cause prevent;
best worst; good bad; better worse; big small; high low; higher lower; highest lowest; tall short;
long short; longest shortest; wide narrow; deep shallow; thick thin; heavy light; strong weak;
strongest weakest; hard soft; hard easy; fast slow; fastest slowest; early late; earliest latest;
old new; old young; older younger; oldest newest; oldest youngest; hot cold; warm cool; wet dry;
clean dirty; full empty; rich poor; cheap expensive; cheapest dearest; safe dangerous; legal illegal;
true false; correct wrong; left right; up down; top bottom; upper lower; front back; inside outside;
inner outer; inbound outbound; internal external; indoor outdoor; domestic foreign; local remote;
public private; positive negative; major minor; maximum minimum; max min; most least; more less;
more fewer; many few; all none; all some; always never; often rare; before after; above below;
over under; first last; next previous; former latter; past future; ancient modern; ascending descending;
forward backward; clockwise counterclockwise; north south; east west; northern southern;
eastern western; day night; morning evening; summer winter; spring autumn; sunrise sunset; am pm;
male female; man woman; boy girl; husband wife; brother sister; son daughter; father mother; uncle aunt;
king queen; prince princess; parent child; adult child; teacher student; employer employee;
landlord tenant; buyer seller; doctor patient; client server; predator prey; guest host; friend enemy;
advantage disadvantage; strength weakness; profit loss; asset liability; debit credit; income expense;
revenue expense; supply demand; input output; question answer; problem solution; cause effect;
symptom cause; symptom treatment; cause treatment; benefit risk; question solution; victory defeat;
plus minus; sum difference; sum product; numerator denominator; area perimeter; mean median;
singular plural; active passive; static dynamic; sync async; synchronous asynchronous; simple complex;
manual automatic; temporary permanent; optional mandatory; optional required; natural artificial;
raw cooked; sweet sour; alive dead; guilty innocent; single married; acid base; mutable immutable;
vertical horizontal; parallel perpendicular; concave convex; odd even; rational irrational;
theory practice; bull bear; offline online; read write; reader writer; producer consumer;
encoder decoder; sender receiver; celsius fahrenheit; vegetarian carnivore; introvert extrovert;
optimist pessimist; majority minority; beginner expert; wholesale retail; export domestic;
breakfast dinner; lunch dinner; sunny rainy; noon midnight; weekday weekend; entrance exit;
virus bacterium; vein artery; systolic diastolic; inhale exhale; evaporation condensation
`;

/** Pairs of opposites in their base forms. */
export const antonyms: readonly (readonly [string, string])[] = pairsOf(listed);

/** What makes a word its opposite, or nearly so, where it is put before it. */
export const negatingPrefixes: readonly string[] =
  'un in im ir il dis de non anti mis re counter pseudo semi sub super hyper hypo'.split(' ');

/** Beginnings that make opposites of one another. */
export const opposedPrefixes: readonly (readonly [string, string])[] = pairsOf(`
hypo hyper; pre post; pro anti; inter intra; intro extro; micro macro; mono poly; mono multi; mono bi;
uni multi; bi tri; di tri; en de; in ex; im ex; in de; over under; up down; up off; as de; homo hetero;
endo exo; sub super; ortho para; meso macro; infra ultra; en dis
`);

function pairsOf(text: string): (readonly [string, string])[] {
  return text.split(';').map((pair) => {
    const [one = '', other = ''] = pair.trim().split(/\s+/);
    return [one, other];
  });
}
