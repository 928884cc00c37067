/** Whether a key belongs to an input method, as the Enter that picks a word does. Safari says so by 229 only. */
export const isComposing = ({ isComposing, keyCode }: KeyboardEvent) => isComposing || keyCode === 229;
