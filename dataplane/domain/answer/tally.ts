// What is known of one answer so far, whatever its format.
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';
import { kinds } from '../json/scanner.ts';
import { mergeUsageReports, readUsage, type Usage } from '../usage.ts';

/** What was seen of an answer. */
export interface AnswerFacts {
  /** The last usage that the backend reported and that holds valid counts. */
  readonly usage: Usage | undefined;
  /** Why the model stopped, in the backend's word: the last one seen, at most 64 bytes. */
  readonly finishReason: string | undefined;
  /** Pieces that carried text, reasoning or arguments of tools: for `estimateCompletionTokens`. */
  readonly contentEvents: number;
  /** Bytes of UTF-8 in those pieces. */
  readonly contentBytes: number;
  /** Whether the backend reported an error within the answer. */
  readonly errorEvent: boolean;
}

const maxFinishReasonBytes = 64;

export class AnswerTally implements AnswerFacts {
  usage: Usage | undefined;
  finishReason: string | undefined;
  contentEvents = 0;
  contentBytes = 0;
  errorEvent = false;
  /** Whether the answer said that it is complete. */
  sawEnd = false;
  private reports: unknown;
  private texts = 0;
  private lastText: JsonNode = none;
  private saidMore = false;

  /** Begins a new event of the answer. */
  begin(): void {
    this.texts = 0;
    this.saidMore = false;
  }

  /** The one text of the event, if it said nothing else; otherwise `none`. */
  get onlyText(): JsonNode {
    return this.texts === 1 && !this.saidMore ? this.lastText : none;
  }

  /** The length of a piece of content, which is still to be added up and reported by `content`. */
  text(document: JsonDocument, node: JsonNode): number {
    const length = document.stringLength(node);
    if (length > 0) {
      this.texts += 1;
      this.lastText = node;
    }
    return length;
  }

  /** Takes a usage object; null and everything else that is none says nothing. */
  reportUsage(document: JsonDocument, node: JsonNode): void {
    if (document.kind(node) !== kinds.object) return;
    this.saidMore = true;
    this.usage = readUsage(document.value(node)) ?? this.usage;
  }

  /**
   * Takes a usage object that completes earlier ones of the same answer. One that is only the
   * `beginning` holds the prompt, but not yet the completion, so that it is no usage by itself.
   */
  mergeUsage(document: JsonDocument, node: JsonNode, part: 'beginning' | 'end'): void {
    if (document.kind(node) !== kinds.object) return;
    this.saidMore = true;
    this.reports = mergeUsageReports(this.reports, document.value(node));
    if (part === 'end') this.usage = readUsage(this.reports) ?? this.usage;
  }

  /** Takes a finish reason; null says nothing. */
  finish(document: JsonDocument, node: JsonNode): void {
    const length = document.stringLength(node);
    if (length === 0 || length > maxFinishReasonBytes) return;
    this.saidMore = true;
    this.finishReason = document.string(node);
  }

  /** The length of a value that is content as it stands, as `text` gives it for a string. */
  json(document: JsonDocument, node: JsonNode): number {
    this.saidMore = true;
    return document.end(node) - document.start(node);
  }

  /** Takes the length of one piece of content. */
  content(bytes: number): void {
    if (bytes === 0) return;
    this.contentEvents += 1;
    this.contentBytes += bytes;
  }

  /** The answer says that it is complete. */
  complete(): void {
    this.saidMore = true;
    this.sawEnd = true;
  }

  /** Takes the member that would hold an error. */
  error(document: JsonDocument, node: JsonNode): void {
    if (node === none || document.kind(node) === kinds.null) return;
    this.saidMore = true;
    this.errorEvent = true;
  }
}
