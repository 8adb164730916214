// The prose that prompts are filled with: pasted notes, code, tables and quotes, as people send them.
// No passage holds a keyword of the rules (a test checks it); `#` stands for a number that varies.

export const passages: readonly string[] = [
  `On Tuesday at #:14 the dashboard for region # went blank — first for the “north” tenants, then for everyone. The on-call engineer restarted the gateway twice; the second restart helped for about # minutes. What we know so far:\n\n- the load balancer kept # idle connections open,\n- memory grew by # MB an hour from midnight on,\n- nobody had deployed anything since the previous Friday.`,
  `def merge_windows(windows, gap=#):\n    """Join neighbours that are at most "gap" seconds apart."""\n    merged = []\n    for start, end in sorted(windows):\n        if merged and start - merged[-1][1] <= gap:\n            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))\n        else:\n            merged.append((start, end))\n    return merged`,
  `Anna wrote: "I don't think the warehouse in Gdańsk can take # pallets before the end of the month. Could we split the delivery, or ask the forwarder what a second lorry would cost?" Piotr answered that # pallets would fit if the old racks were moved, which takes two people about # hours.`,
  `id,customer,plan,seats,renewal\n#,Brightwater GmbH,team,#,2026-03-01\n#,"Ferrand, Lopez & Co",enterprise,#,2026-07-15\n#,Sølvberg AS,team,#,2026-09-30\n#,Ota Works,free,#,\n#,"Mills ""Riverside"" Ltd",team,#,2026-12-31`,
  `{\n  "name": "sensor-#",\n  "location": { "hall": "B", "row": #, "note": "behind the \\"old\\" press" },\n  "readings": [ { "t": #, "celsius": 21.5 }, { "t": #, "celsius": 21.75 } ],\n  "tags": ["calibrated", "indoor"]\n}`,
  `Minutes of the meeting: Mehmet showed the new floor plan; most people liked the quiet corner, but # desks near the kitchen are too loud. Julia will ask the landlord about another door. The coffee machine was, once more, discussed for longer than anything else. Next meeting in # days, same room, please bring the measurements.`,
  `func (q *Queue) Take(ctx context.Context) (Item, error) {\n\tselect {\n\tcase item := <-q.items:\n\t\tq.taken.Add(#)\n\t\treturn item, nil\n\tcase <-ctx.Done():\n\t\treturn Item{}, fmt.Errorf("queue %q: %w", q.name, ctx.Err())\n\t}\n}`,
  `The river rises in the hills above the village, passes three mills and, after # kilometres, reaches the lake. In the spring of that year it carried so much water that the lower bridge had to be closed for # weeks. An old photograph in the town hall shows children in a boat where the market stands today.`,
  `2026-02-#T08:#:02Z INFO worker=# msg="picked up job" attempt=1\n2026-02-#T08:#:09Z WARN worker=# msg="slow answer" waited_ms=#\n2026-02-#T08:#:11Z INFO worker=# msg="job done" rows=# bytes=#\n2026-02-#T08:#:15Z ERROR worker=# msg="could not reach peer" peer="10.0.#.#:9000"`,
  `Thanks for the quick reply! Two more things: (1) the invoice of last month names the wrong street — it is "Am Graben #", not "Am Graben" alone; (2) the second licence still shows as “pending” although the payment went out on the #th. Would you have a look at both, please?`,
];

/** Earlier turns of the conversation, in pairs of question and answer. */
export const openings: readonly (readonly [question: string, answer: string])[] = [
  ['Hi! I have some notes that I need help with.', 'Of course. Paste them here, please.'],
  ['Can you read tables?', 'Yes: as text with commas, or as they come out of a spreadsheet.'],
  ['I will paste a few things, one after the other.', 'Go ahead; I will wait for your question.'],
];

export const systemPrompt =
  'You are the assistant of a mid-sized company. Answer briefly, name your sources, and do not invent figures.';
