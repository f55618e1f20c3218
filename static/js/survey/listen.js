// Which key does what on the judging page, and when it does nothing.
import { Keys } from "./keys.js";

export function listen({ answer, confirm, panes, regions, zoom }) {
  const help = document.getElementById("help");
  const reason = answer.form.elements.reason;
  const openHelp = () => help.showModal();
  const whenDecided = (act) => () => !answer.more?.classList.contains("away") && act();

  document.getElementById("help-button").addEventListener("click", openHelp);

  const keys = new Keys(document.getElementById("keys-form"), {
    real: () => answer.choose("decision", "real"),
    artificial: () => answer.choose("decision", "artificial"),
    left: () => answer.choose("decision", 0),
    right: () => answer.choose("decision", 1),
    1: () => answer.choose("confidence", 0),
    2: () => answer.choose("confidence", 1),
    3: () => answer.choose("confidence", 2),
    zoom: () => zoom.next(),
    ...(regions && { mark: whenDecided(() => regions.toggle()) }),
    ...(reason && { reason: whenDecided(() => reason.focus()) }),
    "?": openHelp,
  });

  document.addEventListener("keydown", (event) => {
    // Enter held down a little too long must not press the next button as well.
    if (event.repeat && event.key === "Enter") return event.preventDefault();
    if (help.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (act(event)) event.preventDefault();
  });

  // True where the key is used up.
  function act(event) {
    const { key, target, repeat } = event;
    if (target.closest('input:not([type="radio"]), textarea')) return leaveTyping(event);
    if (pressCard(event)) return true;
    const onImage = target.closest(".view") || target === document.body;
    if (onImage && regions?.press(event)) return true;
    if (key.startsWith("Arrow") && onImage) return moveOrChoose(event);
    if (repeat || target.closest("dialog")) return false;
    if (key === "Enter" && !target.closest("button, a")) {
      confirm();
      return true;
    }
    return keys.press(key);
  }

  // While a reason is typed no letter means anything else; Enter and Escape end the typing.
  function leaveTyping({ key }) {
    if (key !== "Enter" && key !== "Escape") return false;
    panes[0].view.focus({ preventScroll: true });
    return true;
  }

  // A card is open whose button may have lost the focus to a click beside it.
  function pressCard({ key, target, repeat }) {
    const button = [...document.querySelectorAll(".card-button")].find((one) => one.checkVisibility({ visibilityProperty: true }));
    if (!button || repeat || target.closest("button, a")) return false;
    if (key !== "Enter" && key !== " ") return false;
    button.click();
    return true;
  }

  // Of pairs, left and right are answers; with Shift, and up and down, the images move.
  function moveOrChoose({ key, shiftKey, repeat }) {
    const side = { ArrowLeft: 0, ArrowRight: 1 }[key];
    if (!answer.pairs || shiftKey || side === undefined) zoom.move(key);
    else if (!repeat) answer.choose("decision", side);
    return true;
  }
}
