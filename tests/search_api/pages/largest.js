// The largest text of the first screen, in its order; not marks of one or two signs, nor what is for screen readers alone.
() => {
  const bySize = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim(), parent = texts.currentNode.parentElement;
    if (text.length < 3 || parent.closest(".sr") || !parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNode(texts.currentNode);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.top > innerHeight || box.bottom < 0) continue;
    const size = Math.round(parseFloat(getComputedStyle(parent).fontSize));
    bySize.set(size, [...(bySize.get(size) || []), text]);
  }
  return bySize.get(Math.max(...bySize.keys())).join(" ");
}
