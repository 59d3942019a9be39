// The sentences of the main part of a page that have more than a number of words. What the data say (bdi), tables and sources are not ours.
(most) => {
  const found = [];
  const parts = "p, li, dd, h1, h2, h3, legend, label, figcaption, .hint";
  for (const block of document.querySelectorAll(`main :is(${parts})`)) {
    if (block.closest(".sr, .source, table, .card, svg") || !block.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) continue;
    const copy = block.cloneNode(true);
    for (const inner of copy.querySelectorAll(`${parts}, ul, ol, dl, bdi, .sr, .source, table, select, input`)) inner.replaceWith(" … ");
    for (const sentence of copy.textContent.replace(/\s+/g, " ").split(/(?<=[.!?…;])\s+/)) {
      const words = (sentence.match(/\S*[\p{L}\p{N}]\S*/gu) || []).length;
      if (words > most) found.push(`${words}: ${sentence.trim()}`);
    }
  }
  return found;
}
