// What is looked for.

export interface Keyword {
  /** Not empty. */
  readonly text: string;
  /** Whether upper and lower case are told apart. */
  readonly mindsCase: boolean;
}
