/** What a verification says of one thing: that it is right or wrong, or what the reader must know. */
export interface Finding {
  readonly is: 'right' | 'wrong' | 'note';
  readonly words: string;
}

export const right = (words: string): Finding => ({ is: 'right', words });
export const wrong = (words: string): Finding => ({ is: 'wrong', words });
export const note = (words: string): Finding => ({ is: 'note', words });
