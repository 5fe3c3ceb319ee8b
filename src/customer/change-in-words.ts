import type { Change } from '../domain/change.ts';
import { changeInWords, deedInWords, namesInWords, outcomesInWords } from '../domain/change-words.ts';
import { comparisonsInWords, type ComparisonInWords } from '../domain/comparison-words.ts';
import { demandsOf, type Demands } from '../domain/element-words.ts';
import { passage, type Language, type Passage } from '../domain/text.ts';
import { dayInWords } from '../domain/wording.ts';

/** A change in the words of a page, in one language. */
export interface ChangeInWords {
  readonly kind: Change['kind'];
  readonly product: string;
  readonly processor: string;
  readonly objectionAddress: Change['objectionAddress'];
  /** The change as a phrase that ends a sentence. */
  readonly phrase: string;
  /** The names of the companies that the change is about. */
  readonly names: string;
  /** What the processor is about to do, after "may". */
  readonly deed: string;
  readonly regime: Change['regime'];
  readonly demands: Demands;
  /** Whether approval is asked for although no clause demands it. */
  readonly isAskedBesides: boolean;
  readonly isWordingOnly: boolean;
  /** Whether it comes to each controller that approves, and how the data of the others is kept away. */
  readonly isForEach: boolean;
  readonly separation: Passage | null;
  readonly reason: Passage;
  readonly planned: string;
  readonly comparisons: readonly ComparisonInWords[];
  /** What is true since it is in force; nothing while it is not. */
  readonly outcomes: readonly string[];
}

/** The change in words, as it was announced. */
export function describeChange(change: Change, language: Language): ChangeInWords {
  return {
    kind: change.kind,
    product: change.productName,
    processor: change.processor.name,
    objectionAddress: change.objectionAddress,
    phrase: changeInWords(change, language),
    names: namesInWords(change, language),
    deed: deedInWords(change, language),
    regime: change.regime,
    demands: demandsOf(change, language),
    isAskedBesides: change.regime.approval && !change.elements.some(({ regime }) => regime.approval),
    isWordingOnly: change.wordingOnly.length > 0,
    isForEach: change.scope === 'each',
    separation: change.separation && passage(change.separation, language),
    reason: passage(change.reason, language),
    planned: dayInWords(change.plannedActivationOn, language),
    comparisons: comparisonsInWords(change, language),
    outcomes: change.status === 'activated' ? outcomesInWords(change, language) : [],
  };
}
