"""What is too small for a finger, or runs out of its own edges."""

# what is pressed and is not 44 by 44 px: buttons, fields, links of navigation, ticks with their labels; words that
# do not fit into their button or link
SMALL = """() => {
  const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && !e.closest(".vh,.skip");
  const target = e => /^(checkbox|radio)$/.test(e.type) ? e.closest("label") || document.querySelector(`label[for="${e.id}"]`) || e : e;
  const cut = e => /^(A|BUTTON)$/.test(e.tagName) && e.scrollWidth > e.clientWidth + 1;
  return [...document.querySelectorAll("button,.btn,summary,nav a,.pager a,.sort,select,textarea,input:not([type=hidden])")]
    .filter(shown).map(target)
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width > 2 && (box.height < 43.5 || box.width < 43.5 || cut(e)))
    .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 90)}`).slice(0, 8);
}"""
