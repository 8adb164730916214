// What is wrong with a labelled set, in a sentence for whoever gave it.

export class SetProblem extends Error {}
