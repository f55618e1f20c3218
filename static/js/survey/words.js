// An answer in words; of a pair the decision is about the image on the left.
const DECISIONS = {
  "yes-no": { real: "this image is real", artificial: "this image is artificial" },
  pairs: { real: "the right one is artificial", artificial: "the left one is artificial" },
};
const SURE = ["a guess", "fairly sure", "sure"];

export const decisionInWords = (task, decision) => DECISIONS[task][decision];

export const answerInWords = (task, { decision, confidence }) =>
  `“${decisionInWords(task, decision)}”, ${SURE[confidence - 1]}`;
