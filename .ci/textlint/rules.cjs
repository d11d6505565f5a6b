// The rules for Japanese prose: textlint's preset for technical writing, with these changes.

const everywhere = {
  // です・ます in lists too: the steps of a lab's console instructions are sentences that speak to the learner.
  "no-mix-dearu-desumasu": { preferInHeader: "", preferInBody: "ですます", preferInList: "ですます", strict: false },
  // These particles come in pairs by their meaning: A も B も, A でも B でも, A か B か.
  "no-doubled-joshi": { min_interval: 1, allow: ["も", "でも", "にも", "か"] },
  // The console's English label stands in brackets behind the Japanese one; it is no part of the sentence.
  "sentence-length": { max: 100, skipPatterns: ["/ ?\\([A-Z][A-Za-z0-9 >,-]*\\)/"] },
};

const messages = {
  ...everywhere,
  // Labels, headings and table cells of the program are no sentences, so they end without 「。」.
  "ja-no-mixed-period": false,
};

exports.pages = { rules: { "preset-ja-technical-writing": everywhere } };
exports.messages = { rules: { "preset-ja-technical-writing": messages } };
