// What a reader sees of the main part of a page: its words, its cards, where the first one is. Words of a map are not counted.
() => {
  const main = document.querySelector("main");
  const isSeen = (element) => {
    for (let each = element; each && each !== main.parentElement; each = each.parentElement)
      if (each.matches("svg, .canvas, .sr, option, script, style, template")) return false;
    return element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true, opacityProperty: true });
  };
  const nodes = (root) => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) if (walk.currentNode.data.trim() && isSeen(walk.currentNode.parentElement)) found.push(walk.currentNode);
    return found;
  };
  const NUMBER = /(\d\d)\s(\d\d)\s(\d\d)\s(\d\d)\s(\d\d)/g; // a telephone number is one word
  const words = (root) => (nodes(root).map((node) => node.data).join(" ").replace(NUMBER, "$1$2$3$4$5").match(/\S*[\p{L}\p{N}]\S*/gu) || []).length;
  const lines = (card) => {
    const middles = [];
    for (const node of nodes(card).filter((each) => !each.parentElement.closest(".add"))) {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        const middle = box.top + box.height / 2;
        if (box.width > 1 && !middles.some((other) => Math.abs(other - middle) < 9)) middles.push(middle);
      }
    }
    return middles.length;
  };
  const cards = [...main.querySelectorAll(".card")].filter((card) => card.checkVisibility());
  return {
    words: words(main),
    cards: cards.map((card) => ({ words: words(card), lines: lines(card), text: card.innerText })),
    first: cards.length ? cards[0].getBoundingClientRect().top + scrollY : null,
  };
}
