// What several words say together: replaced by one word before words are looked at by themselves.

/** From lower-case words with single blanks to one word, or to none. */
const table = `
turn on=enable; switch on=enable; power on=enable; turn off=disable; switch off=disable;
power off=disable; shut off=disable; turn into=turninto; set up=setup; sign in=login; sign into=login;
sign on=login; log in=login; log into=login; log on=login; sign out=logout; sign off=logout; log out=logout;
log off=logout; sign up=signup; get rid of=delete; throw away=discard; look for=find; look up=lookup;
figure out=determine; put off=postpone; call off=cancel; speed up=accelerate; slow down=decelerate;
back up=backup; fill out=fillin; fill in=fillin; hand in=submit; give up=giveup; go up=rise;
go down=sink; take off=takeoff; find out=learn; carry out=perform; make sure=ensure; as well as=and;
in order to=to; so that=to; how come=why; at least=atleast; at most=atmost; no more than=atmost;
up to=atmost; more than=morethan; less than=lessthan; fewer than=lessthan; greater than=morethan;
at the most=atmost; at the least=atleast; not only=notonly; a lot of=many; lots of=many; a few=afew;
a little=alittle; as soon as=when; calm down=calm; rather than=instead; instead of=instead; next to=beside;
due to=because; because of=because; in front of=infrontof; on top of=ontopof; out of=from;
two factor authentication=2fa; two step verification=2fa; two factor auth=2fa; 2 factor authentication=2fa;
multi factor authentication=mfa; artificial intelligence=ai; machine learning=ml; united states of america=usa;
united states=usa; united kingdom=uk; great britain=uk; european union=eu; new york city=nyc;
operating system=os; regular expression=regex; visual studio code=vscode; vs code=vscode;
web site=website; e mail=email; wi fi=wifi; cell phone=cellphone; mobile phone=cellphone;
frying pan=fryingpan; drug store=pharmacy; well known=wellknown; check in=checkin; world war=worldwar;
side effect=sideeffect; side effects=sideeffect; high blood pressure=hypertension; usb drive=usbstick;
usb stick=usbstick; flash drive=usbstick; phone number=number; telephone number=number;
credit card=creditcard; debit card=debitcard; bank account=bankaccount; tap water=tapwater;
square root=squareroot; read only=readonly; write only=writeonly; right handed=righthanded;
left handed=lefthanded; real estate=realestate; long term=longterm; short term=shortterm;
of course=; by the way=; for example=; in general=; if possible=; thank you=; the following=;
as possible=; in detail=; in the world=intheworld; on earth=intheworld
`;

export interface Phrase {
  readonly words: readonly string[];
  /** Undefined: says nothing. */
  readonly word: string | undefined;
}

/** Longest first, by their first word. */
export const phrases: ReadonlyMap<string, readonly Phrase[]> = group(
  table.split(';').map((entry) => {
    const [text = '', word = ''] = entry.trim().split('=');
    return { words: text.split(' '), word: word === '' ? undefined : word };
  }),
);

/** Verbs that take their particle behind the object: `turn the light off`. */
export const separable: ReadonlyMap<string, string> = new Map([
  ['turn on', 'enable'],
  ['switch on', 'enable'],
  ['turn off', 'disable'],
  ['switch off', 'disable'],
  ['back up', 'backup'],
  ['set up', 'setup'],
  ['fill in', 'fillin'],
  ['fill out', 'fillin'],
  ['call off', 'cancel'],
  ['put off', 'postpone'],
  ['get out', 'delete'],
  ['take out', 'delete'],
]);

function group(list: readonly Phrase[]): Map<string, Phrase[]> {
  const byFirst = new Map<string, Phrase[]>();
  for (const phrase of list) {
    const [first = ''] = phrase.words;
    byFirst.set(first, [...(byFirst.get(first) ?? []), phrase]);
  }
  for (const some of byFirst.values()) some.sort((a, b) => b.words.length - a.words.length);
  return byFirst;
}
